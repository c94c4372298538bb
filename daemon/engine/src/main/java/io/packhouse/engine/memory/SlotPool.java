package io.packhouse.engine.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of equally long off-heap buffers, taken and given back by number.
 *
 * <p>Free slots are kept on a stack, so the one given back last, whose pages are in cache, is taken
 * next, and memory for slots that are never needed is never allocated. Waiting in {@link #take} is
 * the engine's only back-pressure.
 *
 * <p>Thread-safe. The lock is taken once a slot, not once a file. A slot's memory is handed from
 * thread to thread by whatever hands on its number; {@code take} and {@code release} order accesses
 * through the lock.
 */
public final class SlotPool implements AutoCloseable {
  /** Where a slot's memory comes from. */
  @FunctionalInterface
  public interface Source {
    /**
     * Whole pages.
     *
     * @param arena frees them when it is closed
     */
    MemorySegment allocate(long length, Arena arena);
  }

  private static final long PAGE = 4096;

  private final @Nullable Pages[] slots;
  private final long slotLength;
  private final Pages.Key key;
  private final WarmPool warm;
  private final Source source;
  private final MemoryGrants grants;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();

  @GuardedBy("lock")
  private final int[] free;

  /** Slots that are used for others which are held. */
  @GuardedBy("lock")
  private final int[] spare;

  @GuardedBy("lock")
  private int spareCount;

  /** Of these, so many have been granted their memory. */
  @GuardedBy("lock")
  private int spareGranted;

  /** Held slots in whose place no spare one is used yet, since its memory has not been granted. */
  @GuardedBy("lock")
  private int owed;

  /** Spare slots whose memory was asked for, and has not been granted yet. */
  @GuardedBy("lock")
  private int asked;

  /** How many more slots are in use or free than there are to be, since held ones came back. */
  @GuardedBy("lock")
  private int surplus;

  @GuardedBy("lock")
  private final boolean[] taken;

  @GuardedBy("lock")
  private final boolean[] held;

  @GuardedBy("lock")
  private int freeCount;

  @GuardedBy("lock")
  private boolean cancelled;

  @GuardedBy("lock")
  private boolean closed;

  /** A pool of memory that is cleared as it is allocated. */
  public SlotPool(int slotCount, long slotLength) {
    this(slotCount, slotLength, new WarmPool(0), (length, arena) -> arena.allocate(length, PAGE));
  }

  /**
   * Makes a pool; a slot gets its memory when it is first taken.
   *
   * @param slotCount at least 1
   * @param slotLength in bytes, at least 1 and below 2 GiB; rounded up to whole pages
   * @param warm lends the memory, which need not be cleared
   * @param source of what it has not
   */
  public SlotPool(int slotCount, long slotLength, WarmPool warm, Source source) {
    this(slotCount, 0, slotLength, warm, source, MemoryGrants.UNLIMITED);
  }

  /**
   * Makes a pool likewise.
   *
   * @param spareCount how many slots may be {@linkplain #hold held} at a time
   * @param grants asked for the memory of each spare slot before that is used first
   */
  public SlotPool(
      int slotCount,
      int spareCount,
      long slotLength,
      WarmPool warm,
      Source source,
      MemoryGrants grants) {
    if (slotCount < 1) {
      throw new IllegalArgumentException("slotCount must be positive, slotCount=" + slotCount);
    }
    long rounded = rounded(slotLength);
    if (slotLength < 1 || rounded > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("slotLength out of range, slotLength=" + slotLength);
    }
    this.slotLength = rounded;
    this.key = new Pages.Key(rounded);
    this.warm = warm;
    this.source = source;
    this.grants = grants;
    int all = Math.addExact(slotCount, spareCount);
    slots = new Pages[all];
    free = new int[all];
    taken = new boolean[all];
    held = new boolean[all];
    spare = new int[all];
    for (int i = 0; i < spareCount; i++) {
      spare[i] = all - 1 - i;
    }
    this.spareCount = spareCount;
    for (int slot = 0; slot < slotCount; slot++) {
      free[slot] = slotCount - 1 - slot;
    }
    freeCount = slotCount;
  }

  /** The length of the slots of a pool that is asked for such a length: whole pages. */
  public static long rounded(long slotLength) {
    return (slotLength + PAGE - 1) & -PAGE;
  }

  public int slotCount() {
    return slots.length;
  }

  /** Bytes of each slot. */
  public long slotLength() {
    return slotLength;
  }

  /**
   * Takes a slot, waiting until one is free. The caller owns it until it releases it or hands its
   * number on.
   *
   * @throws OutOfMemoryError if there is no memory for one more slot
   * @throws InterruptedException if interrupted, or if {@link #cancel} was called
   */
  public int take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (closed) {
        throw new IllegalStateException("the slot pool is closed");
      }
      while (freeCount == 0 && !cancelled) {
        released.await();
      }
      if (cancelled) {
        throw new InterruptedException("the slot pool was cancelled");
      }
      int slot = free[freeCount - 1];
      if (slots[slot] == null) {
        slots[slot] = warm.take(key, () -> new Pages(slotLength, source));
      }
      freeCount--;
      taken[slot] = true;
      return slot;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives a slot back.
   *
   * @throws IllegalStateException if it is free already: two owners would share it
   */
  public void release(int slot) {
    lock.lock();
    try {
      if (!taken[slot]) {
        throw new IllegalStateException("slot released twice, slot=" + slot);
      }
      taken[slot] = false;
      if (!held[slot]) {
        putBack(slot);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nobody has the slot any more. */
  @GuardedBy("lock")
  private void putBack(int slot) {
    if (surplus > 0) {
      surplus--;
      spare[spareCount++] = slot;
      spareGranted++;
    } else {
      free[freeCount++] = slot;
      released.signal();
    }
  }

  /**
   * Keeps a slot that somebody owns from being used again, also after it was released, until {@link
   * #letGo}: whoever holds it may read what the owner has put there. A spare one takes its place,
   * as soon as there is memory for it; until then one less is in use.
   *
   * @throws IllegalStateException if it is not owned, or held already, or no spare one is left
   * @throws IOException if there will never be memory for a spare one
   */
  public void hold(int slot) throws IOException {
    lock.lock();
    try {
      if (!taken[slot] || held[slot]) {
        throw new IllegalStateException("slot cannot be held, slot=" + slot);
      }
      if (surplus == 0 && spareCount == owed) {
        throw new IllegalStateException("no spare slot is left, slot=" + slot);
      }
      held[slot] = true;
      if (surplus > 0) {
        surplus--;
        return;
      }
      if (spareGranted > 0) {
        spareGranted--;
        useSpare();
        return;
      }
      owed++;
      if (asked >= owed) {
        return; // what was asked for a slot that was let go meanwhile
      }
      asked++;
    } finally {
      lock.unlock();
    }
    try {
      grants.ask(slotLength, this::granted);
    } catch (Throwable e) {
      letGo(slot);
      throw e;
    }
  }

  @GuardedBy("lock")
  private void useSpare() {
    free[freeCount++] = spare[--spareCount];
    released.signal();
  }

  private void granted() {
    lock.lock();
    try {
      asked--;
      if (owed > 0) {
        owed--;
        useSpare();
      } else {
        spareGranted++; // what asked for it has been let go meanwhile
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends {@link #hold}. */
  public void letGo(int slot) {
    lock.lock();
    try {
      if (!held[slot]) {
        throw new IllegalStateException("slot is not held, slot=" + slot);
      }
      held[slot] = false;
      if (owed > 0) {
        owed--; // it is used itself, and no spare one in its place
      } else {
        surplus++;
      }
      if (!taken[slot]) {
        putBack(slot);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes waiting and later calls of {@link #take} fail. Slots can still be released. */
  public void cancel() {
    lock.lock();
    try {
      cancelled = true;
      released.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Slots that are owned by someone. */
  public int takenCount() {
    lock.lock();
    try {
      int count = 0;
      for (int slot = 0; slot < slots.length; slot++) {
        count += taken[slot] || held[slot] ? 1 : 0;
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** The memory of {@code slot}; only its owner may use it. */
  public MemorySegment segment(int slot) {
    return pages(slot).segment();
  }

  /**
   * The same memory as a buffer, for libraries that take one. Its position and limit belong to the
   * slot's owner; callers use absolute offsets.
   */
  public ByteBuffer buffer(int slot) {
    return pages(slot).buffer();
  }

  private Pages pages(int slot) {
    return Objects.requireNonNull(slots[slot], "slot was never taken, or the pool is closed");
  }

  /**
   * Gives the memory back; that of slots which somebody still owns is freed, so that nobody else
   * ever sees what they write. Idempotent.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      for (int slot = 0; slot < slots.length; slot++) {
        Pages pages = slots[slot];
        slots[slot] = null;
        if (pages != null && (taken[slot] || held[slot])) {
          warm.discard(pages);
        } else if (pages != null) {
          warm.give(key, pages);
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
