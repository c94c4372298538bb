package io.packhouse.engine.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that outlives the arenas that it is lent to: when one of them is closed, its memory is
 * kept for the next who asks for as much. The first touch of a page costs five times as much as
 * copying one; a process that packs again and again pays it once.
 *
 * <p>What is lent is not cleared: it holds what its last user wrote. Thread-safe.
 */
public final class PagePool implements SlotPool.Source, AutoCloseable {
  /** A piece of memory and what frees it. */
  private record Pages(MemorySegment segment, Arena arena) {}

  private final SlotPool.Source source;
  private final long mostKept;

  @GuardedBy("this")
  private final Map<Long, Deque<Pages>> idle = new HashMap<>();

  @GuardedBy("this")
  private long kept;

  @GuardedBy("this")
  private long lent;

  @GuardedBy("this")
  private boolean closed;

  /**
   * @param source where memory comes from
   * @param mostKept bytes that are kept while nobody uses them; what is more is freed
   */
  public PagePool(SlotPool.Source source, long mostKept) {
    this.source = source;
    this.mostKept = mostKept;
  }

  @Override
  @SuppressWarnings("restricted") // of our own memory, which lives longer than the arena
  public MemorySegment allocate(long length, Arena arena) {
    Pages pages = take(length);
    try {
      return pages.segment.reinterpret(arena, _ -> giveBack(pages));
    } catch (Throwable e) {
      giveBack(pages);
      throw e;
    }
  }

  private Pages take(long length) {
    synchronized (this) {
      Deque<Pages> same = idle.get(length);
      Pages pages = same == null ? null : same.pollLast();
      lent += length;
      if (pages != null) {
        kept -= length;
        return pages;
      }
    }
    Arena arena = Arena.ofShared();
    try {
      return new Pages(source.allocate(length, arena), arena);
    } catch (Throwable e) {
      arena.close();
      synchronized (this) {
        lent -= length;
      }
      throw e;
    }
  }

  private void giveBack(Pages pages) {
    long length = pages.segment.byteSize();
    synchronized (this) {
      lent -= length;
      if (!closed && kept + length <= mostKept) {
        kept += length;
        idle.computeIfAbsent(length, _ -> new ArrayDeque<>()).addLast(pages);
        return;
      }
    }
    pages.arena.close();
  }

  /** Bytes that are kept for the next user. */
  public synchronized long keptBytes() {
    return kept;
  }

  /** Bytes that somebody uses. */
  public synchronized long lentBytes() {
    return lent;
  }

  /** Frees what is kept; what is lent is freed when it is given back. Idempotent. */
  @Override
  public void close() {
    Deque<Pages> all = new ArrayDeque<>();
    synchronized (this) {
      closed = true;
      idle.values().forEach(all::addAll);
      idle.clear();
      kept = 0;
    }
    all.forEach(pages -> pages.arena.close());
  }
}
