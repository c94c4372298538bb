package io.packhouse.engine.read.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap buffers of a few sizes, kept for reuse up to a limit. Each has an arena of its own, so
 * that what is beyond the limit goes back to the system; a shared arena costs too much to close on
 * every read. Safe for concurrent use; buffers may outlive {@link #close}.
 */
public final class BufferPool implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final long SMALLEST = 4096;

  private final long idleLimit;
  private final AtomicLong outstanding = new AtomicLong();
  private final AtomicLong allocated = new AtomicLong();

  // Guarded by this.
  private final Map<Long, ArrayDeque<Block>> idle = new HashMap<>();
  private long idleBytes;
  private boolean closed;

  /** Keeps up to this many bytes of buffers that nobody uses. */
  public BufferPool(long idleLimit) {
    this.idleLimit = idleLimit;
  }

  private record Block(Arena arena, MemorySegment whole) {}

  /** An off-heap buffer. Starts with one holder; contents are whatever was there. */
  public final class Buffer extends Shared {
    private final Block block;
    private final MemorySegment segment;

    private Buffer(Block block, long length) {
      this.block = block;
      this.segment = block.whole.asSlice(0, length);
    }

    /** The bytes, as many as were asked for; valid while the buffer is held. */
    public MemorySegment segment() {
      return segment;
    }

    @Override
    public long bytes() {
      return block.whole.byteSize();
    }

    @Override
    protected void free() {
      outstanding.decrementAndGet();
      giveBack(block);
    }
  }

  /** A buffer of this many bytes. */
  public Buffer take(long length) {
    long capacity = capacity(length);
    Block block = poll(capacity);
    if (block == null) {
      Arena arena = Arena.ofShared();
      try {
        block = new Block(arena, arena.allocate(capacity, ALIGNMENT));
        allocated.addAndGet(capacity);
      } catch (Throwable t) {
        arena.close();
        throw t;
      }
    }
    outstanding.incrementAndGet();
    return new Buffer(block, length);
  }

  /** Four sizes to each power of two: at most a quarter is wasted. */
  private static long capacity(long length) {
    long size = Math.max(length, SMALLEST);
    long step = Long.highestOneBit(size) >> 2;
    return (size + step - 1) & -step;
  }

  private synchronized @Nullable Block poll(long capacity) {
    ArrayDeque<Block> queue = idle.get(capacity);
    Block block = queue == null ? null : queue.pollLast();
    if (block != null) {
      idleBytes -= capacity;
    }
    return block;
  }

  private void giveBack(Block block) {
    long capacity = block.whole.byteSize();
    synchronized (this) {
      if (!closed && idleBytes + capacity <= idleLimit) {
        idle.computeIfAbsent(capacity, key -> new ArrayDeque<>()).add(block);
        idleBytes += capacity;
        return;
      }
    }
    free(block);
  }

  private void free(Block block) {
    allocated.addAndGet(-block.whole.byteSize());
    block.arena.close();
  }

  /** Bytes of all buffers, taken or idle. */
  public long allocatedBytes() {
    return allocated.get();
  }

  /** Buffers that are taken and not given back. */
  public long outstanding() {
    return outstanding.get();
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.values().forEach(queue -> queue.forEach(this::free));
    idle.clear();
    idleBytes = 0;
  }
}
