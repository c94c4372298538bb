package io.packhouse.engine.restore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Off-heap buffers for decoded blobs, within a limit: a taker waits until there is room, but never
 * when nobody else holds a buffer, so a blob beyond the limit is decoded alone. Buffers that are
 * free count too, and are dropped for others when room is short. Thread-safe.
 */
final class BlobBuffers implements AutoCloseable {
  private static final long SMALLEST = 64 << 10;

  /** A buffer; whoever took it owns it until it is given back. */
  static final class Buffer {
    private final Arena arena = Arena.ofShared();
    final MemorySegment segment;

    private Buffer(long capacity) {
      segment = arena.allocate(capacity, 64);
    }
  }

  private final long limit;

  @GuardedBy("this")
  private final ArrayDeque<Buffer> free = new ArrayDeque<>();

  @GuardedBy("this")
  private long allocated;

  @GuardedBy("this")
  private int taken;

  BlobBuffers(long limit) {
    this.limit = limit;
  }

  /**
   * A buffer of at least this many bytes.
   *
   * @throws InterruptedException if interrupted while there is no room
   */
  synchronized Buffer take(long length) throws InterruptedException {
    long capacity = Math.max(SMALLEST, Long.highestOneBit(Math.max(length - 1, 1)) << 1);
    while (true) {
      Iterator<Buffer> candidates = free.descendingIterator();
      while (candidates.hasNext()) {
        Buffer candidate = candidates.next();
        if (candidate.segment.byteSize() >= capacity) {
          candidates.remove();
          taken++;
          return candidate;
        }
      }
      while (allocated + capacity > limit && !free.isEmpty()) {
        drop(free.removeFirst());
      }
      if (allocated + capacity <= limit || taken == 0) {
        Buffer buffer = new Buffer(capacity);
        allocated += capacity;
        taken++;
        return buffer;
      }
      wait();
    }
  }

  synchronized void give(Buffer buffer) {
    taken--;
    if (allocated > limit) {
      drop(buffer);
    } else {
      free.addLast(buffer);
    }
    notifyAll();
  }

  @GuardedBy("this")
  private void drop(Buffer buffer) {
    allocated -= buffer.segment.byteSize();
    buffer.arena.close();
  }

  /** Buffers that are taken and not given back. */
  synchronized int takenCount() {
    return taken;
  }

  /** Frees the buffers that are free. */
  @Override
  public synchronized void close() {
    while (!free.isEmpty()) {
      drop(free.removeFirst());
    }
  }
}
