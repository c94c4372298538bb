package io.packhouse.engine.index;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The memory of encoded batches and tables, used again: one thread takes a buffer, another gives it
 * back once it is written. Thread-safe.
 */
public final class IpcBuffers implements AutoCloseable {
  /** Longer than this, memory is not kept for the next batch. */
  static final int KEPT_CAPACITY = 16 << 20;

  private static final int INITIAL_CAPACITY = 64 << 10;

  /** A run of off-heap bytes. */
  static final class Memory {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final ByteBuffer bytes;

    Memory(int capacity) {
      try {
        segment = arena.allocate(capacity, 8);
      } catch (Throwable e) {
        arena.close();
        throw e;
      }
      bytes = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    MemorySegment segment() {
      return segment;
    }

    /** Little-endian. */
    ByteBuffer bytes() {
      return bytes;
    }

    void free() {
      arena.close();
    }
  }

  @GuardedBy("this")
  private final Deque<Memory> idle = new ArrayDeque<>();

  @GuardedBy("this")
  private int taken;

  /** An empty buffer, which the caller closes. */
  synchronized IpcBuffer take() {
    Memory memory = idle.pollLast();
    if (memory == null) {
      memory = new Memory(INITIAL_CAPACITY);
    }
    taken++;
    return new IpcBuffer(this, memory);
  }

  synchronized void giveBack(Memory memory) {
    taken--;
    if (memory.bytes().capacity() > KEPT_CAPACITY) {
      memory.free();
    } else {
      idle.addLast(memory);
    }
  }

  /** Bytes of memory that is kept for the next. */
  public synchronized long keptBytes() {
    return idle.stream().mapToLong(memory -> memory.bytes().capacity()).sum();
  }

  /** Frees the memory that is kept for the next. */
  public synchronized void free() {
    while (!idle.isEmpty()) {
      idle.removeLast().free();
    }
  }

  /**
   * Frees the memory that is given back. Idempotent.
   *
   * @throws IllegalStateException if some is not
   */
  @Override
  public synchronized void close() {
    free();
    if (taken != 0) {
      throw new IllegalStateException("buffers of the index are still in use, buffers=" + taken);
    }
  }
}
