package io.packhouse.engine.pack;

import com.github.luben.zstd.ZstdCompressCtx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Tells whether compressing contents pays, from contents alone: compresses three samples, one at
 * each end and one in the middle, with zstd's fastest level. The end matters: what shrinks in a zip
 * is its directory.
 *
 * <p>Deterministic. One thread at a time; 24 KiB of samples take about 25 µs.
 */
final class Compressibility implements AutoCloseable {
  private static final int SAMPLE = 8 << 10;

  /** Anything smaller goes to a shared frame, whatever it is. */
  static final int SMALLEST = 4 << 10;

  /** Samples must shrink by one part in this many for the whole to be worth anything. */
  private static final int LEAST_GAIN = 128;

  /** Samples must shrink by one part in this many for the whole to be worth the full level. */
  private static final int FULL_GAIN = 4;

  private static final int FASTEST_LEVEL = -5;

  private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(FASTEST_LEVEL);
  private final Arena arena = Arena.ofShared();
  private final int scratchLength = 4 * SAMPLE;
  private final ByteBuffer scratch;

  Compressibility() {
    MemorySegment segment = arena.allocate(scratchLength);
    scratch = segment.asByteBuffer();
  }

  /** What {@code buffer[offset, offset + length)} is worth. */
  Effort effort(ByteBuffer buffer, int offset, int length) {
    if (length < SMALLEST) {
      return Effort.FULL;
    }
    int sampled;
    int stored;
    if (length <= 3 * SAMPLE) {
      sampled = length;
      stored = compress(buffer, offset, length);
    } else {
      sampled = 3 * SAMPLE;
      stored =
          compress(buffer, offset, SAMPLE)
              + compress(buffer, offset + (length - SAMPLE) / 2, SAMPLE)
              + compress(buffer, offset + length - SAMPLE, SAMPLE);
    }
    if (stored >= sampled - sampled / LEAST_GAIN) {
      return Effort.NONE;
    }
    return stored >= sampled - sampled / FULL_GAIN ? Effort.FAST : Effort.FULL;
  }

  private int compress(ByteBuffer buffer, int offset, int length) {
    return context.compressDirectByteBuffer(scratch, 0, scratchLength, buffer, offset, length);
  }

  @Override
  public void close() {
    context.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
