package io.packhouse.engine.codec.digest;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Computes digests of one algorithm.
 *
 * <p>Not thread-safe: one thread at a time, with each hand-over happening before the next use.
 * Sources are native segments (on the heap: {@link IllegalArgumentException}) that the caller keeps
 * open, and unchanged, while a call runs.
 */
public abstract sealed class Digester implements AutoCloseable
    permits NativeDigester, JavaDigester {
  private final DigestAlgorithm algorithm;

  Digester(DigestAlgorithm algorithm) {
    this.algorithm = algorithm;
  }

  /** What it computes. */
  public final DigestAlgorithm algorithm() {
    return algorithm;
  }

  /** Takes {@code source[offset, offset + length)} as the message's next bytes. */
  public final void update(MemorySegment source, long offset, long length) {
    if (!source.isNative()) {
      throw new IllegalArgumentException("source must be native memory, is " + source);
    }
    Objects.checkFromIndexSize(offset, length, source.byteSize());
    if (length > 0) {
      updateChecked(source, offset, length);
    }
  }

  abstract void updateChecked(MemorySegment source, long offset, long length);

  /**
   * Writes the digest of the message to {@code out} from {@code outOffset} on, and begins another.
   */
  public final void finish(byte[] out, int outOffset) {
    Objects.checkFromIndexSize(outOffset, algorithm.length(), out.length);
    finishChecked(out, outOffset);
  }

  abstract void finishChecked(byte[] out, int outOffset);

  /** Forgets what it has of a message. */
  public abstract void reset();

  /**
   * Writes the digest of {@code source[offset, offset + length)} to {@code out} from {@code
   * outOffset} on; of a message under way, this is the end.
   */
  public final void hash(
      MemorySegment source, long offset, long length, byte[] out, int outOffset) {
    update(source, offset, length);
    finish(out, outOffset);
  }

  /** Frees native memory. Idempotent. */
  @Override
  public abstract void close();
}
