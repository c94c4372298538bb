package io.packhouse.engine.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * Things that cost more to make than to use: memory whose pages have been touched, contexts, open
 * rings. They are lent, one owner at a time, and what is given back is kept for the next who asks
 * for its like. Nobody is refused, but what has been idle longest is closed where all together
 * would take more than the pool may hold.
 *
 * <p>What is lent is as its last owner left it. Thread-safe; things are made and closed outside of
 * the lock.
 */
public final class WarmPool implements AutoCloseable {
  /** What a pool lends. Not thread-safe: its owner's. */
  public interface Item extends AutoCloseable {
    /** Memory that it holds, in bytes, about: what is large, on the Java heap or beside it. */
    long bytes();

    /** Whether this thread is the one that uses it best. Asked while nobody owns it. */
    default boolean isAtHome() {
      return true;
    }

    @Override
    void close();
  }

  private record Idle(Object key, Item item, long bytes) {}

  private final long mostHeld;

  /** The one given back last is the last. Few enough to be looked through. */
  @GuardedBy("this")
  private final List<Idle> idle = new ArrayList<>();

  /** Bytes of what is lent, as they were when it was. */
  @GuardedBy("this")
  private final IdentityHashMap<Item, Long> lent = new IdentityHashMap<>();

  @GuardedBy("this")
  private long keptBytes;

  @GuardedBy("this")
  private long lentBytes;

  @GuardedBy("this")
  private boolean closed;

  /**
   * @param mostHeld bytes of what is lent and what is idle together, 0 to keep nothing
   */
  public WarmPool(long mostHeld) {
    this.mostHeld = mostHeld;
  }

  /**
   * Lends what was given back under this key, or makes it.
   *
   * @param key equal for things that can stand for each other; of these one that is at home goes
   *     first, then the one given back last
   */
  @SuppressWarnings("unchecked") // things of a key are of one kind
  public <T extends Item> T take(Object key, Supplier<T> maker) {
    synchronized (this) {
      int found = -1;
      for (int i = idle.size() - 1; i >= 0; i--) {
        if (idle.get(i).key.equals(key)) {
          boolean home = idle.get(i).item.isAtHome();
          found = home || found < 0 ? i : found;
          if (home) {
            break;
          }
        }
      }
      if (found >= 0) {
        Idle taken = idle.remove(found);
        keptBytes -= taken.bytes;
        lend(taken.item, taken.bytes);
        return (T) taken.item;
      }
    }
    T made = maker.get();
    List<Item> surplus = new ArrayList<>();
    synchronized (this) {
      lend(made, made.bytes());
      makeRoom(surplus);
    }
    surplus.forEach(Item::close);
    return made;
  }

  @GuardedBy("this")
  private void makeRoom(List<Item> surplus) {
    while (keptBytes + lentBytes > mostHeld && !idle.isEmpty()) {
      Idle oldest = idle.removeFirst();
      keptBytes -= oldest.bytes;
      surplus.add(oldest.item);
    }
  }

  @GuardedBy("this")
  private void lend(Item item, long bytes) {
    lent.put(item, bytes);
    lentBytes += bytes;
  }

  @GuardedBy("this")
  private void takeBack(Item item) {
    Long bytes = lent.remove(item);
    if (bytes == null) {
      throw new IllegalStateException("given back twice, or never lent: " + item);
    }
    lentBytes -= bytes;
  }

  /**
   * Takes something back, to be lent again under this key, or closes it where it is larger than all
   * that may be held, or the pool is closed.
   *
   * @throws IllegalStateException if it is not lent: two owners would share it
   */
  public void give(Object key, Item item) {
    long bytes = item.bytes();
    List<Item> surplus = new ArrayList<>();
    synchronized (this) {
      takeBack(item);
      if (closed || bytes > mostHeld) {
        surplus.add(item);
      } else {
        idle.addLast(new Idle(key, item, bytes));
        keptBytes += bytes;
        makeRoom(surplus);
      }
    }
    surplus.forEach(Item::close);
  }

  /** Takes something back and closes it: its owner failed, and nobody knows what state it is in. */
  public void discard(Item item) {
    synchronized (this) {
      takeBack(item);
    }
    item.close();
  }

  /** Bytes that are kept for the next owner. */
  public synchronized long keptBytes() {
    return keptBytes;
  }

  /** Bytes that somebody uses. */
  public synchronized long lentBytes() {
    return lentBytes;
  }

  /** Things that somebody uses. */
  public synchronized int lentCount() {
    return lent.size();
  }

  /** Closes what is kept; what is lent is closed when it is given back. Idempotent. */
  @Override
  public void close() {
    List<Idle> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(idle);
      idle.clear();
      keptBytes = 0;
    }
    all.forEach(each -> each.item.close());
  }
}
