package io.packhouse.engine.read;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Decoders that wait for their next use. Safe for concurrent use. */
final class DecoderPool implements AutoCloseable {
  // More than the cores would ever decode at once are not worth keeping.
  private static final int MAX_IDLE = 64;

  // Guarded by this.
  private final ArrayDeque<Decoder> idle = new ArrayDeque<>();
  private boolean closed;

  /** A decoder that is the caller's until {@link #give}. */
  Decoder take() {
    Decoder decoder = poll();
    return decoder == null ? new Decoder() : decoder;
  }

  private synchronized @Nullable Decoder poll() {
    return idle.pollLast();
  }

  void give(Decoder decoder) {
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
