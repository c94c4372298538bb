package io.packhouse.engine.read.memory;

import io.packhouse.engine.format.CorruptArchiveException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Decoders that wait for their next use. Safe for concurrent use. */
public final class DecoderPool implements AutoCloseable {
  // More than the cores would ever decode at once are not worth keeping.
  private static final int MAX_IDLE = 64;

  // Guarded by this.
  private final ArrayDeque<Decoder> idle = new ArrayDeque<>();
  private boolean closed;

  /** A decoder that is the caller's until {@link #give}. */
  public Decoder take() {
    Decoder decoder = poll();
    return decoder == null ? new Decoder() : decoder;
  }

  /**
   * Checks off-heap bytes against their digest.
   *
   * @throws CorruptArchiveException if they have another
   */
  public void check(MemorySegment bytes, byte[] digest, Place place)
      throws CorruptArchiveException {
    Decoder decoder = take();
    try {
      decoder.check(bytes, digest, place);
    } finally {
      give(decoder);
    }
  }

  private synchronized @Nullable Decoder poll() {
    return idle.pollLast();
  }

  /** Takes a decoder back. */
  public void give(Decoder decoder) {
    synchronized (this) {
      if (!closed && idle.size() < MAX_IDLE) {
        idle.add(decoder);
        return;
      }
    }
    decoder.close();
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(Decoder::close);
    idle.clear();
  }
}
