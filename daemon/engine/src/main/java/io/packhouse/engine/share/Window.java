package io.packhouse.engine.share;

import io.packhouse.engine.memory.SlotPool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the last items that were looked at, which stay as they are as long as they are here,
 * and what the files in them are made of; and as many items of earlier files, in memory of its own.
 * How many there are does not depend on time.
 *
 * <p>A place is an item's number, counted from 1, and an offset in its slot: in all 40 bits. The
 * numbers begin again after 2^40 bytes; a place that means another item by then is a bad guess, as
 * others are. One thread at a time.
 */
final class Window implements AutoCloseable {
  private static final int NO_SLOT = -1;
  private static final long PAGE = 4096;

  /** An item's slot. */
  static final class Item {
    private final int slot;
    final MemorySegment segment;
    final ByteBuffer buffer;
    final PartList parts = new PartList();
    private final long firstPlace;

    private Item(int slot, MemorySegment segment, ByteBuffer buffer, long firstPlace) {
      this.slot = slot;
      this.segment = segment;
      this.buffer = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      this.firstPlace = firstPlace;
    }

    /** The place of a byte of its slot. */
    long place(int offset) {
      return firstPlace | offset;
    }

    boolean isEarlier() {
      return slot == NO_SLOT;
    }
  }

  private final SlotPool slots;
  private final int offsetBits;
  private final int capacity;
  private final int earlierCapacity;
  private final @Nullable Item[] ring;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private final ArrayDeque<Item> earlier = new ArrayDeque<>();
  private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();
  private final Arena arena = Arena.ofShared();
  private long next = 1;

  /**
   * @param slots stay the caller's
   * @param capacity how many items it has at most
   * @param earlierCapacity how many items of earlier files it has beside those
   */
  Window(SlotPool slots, int capacity, int earlierCapacity) {
    this.slots = slots;
    this.capacity = capacity;
    this.earlierCapacity = earlierCapacity;
    this.offsetBits = Long.SIZE - Long.numberOfLeadingZeros(slots.slotLength() - 1);
    ring = new Item[Integer.highestOneBit(capacity + earlierCapacity) << 3];
  }

  /**
   * Takes a slot in, which pushes out the oldest.
   *
   * @throws IOException as {@link SlotPool#hold}
   */
  Item begin(int slot) throws IOException {
    evictFrom(items, capacity);
    slots.hold(slot);
    return add(items, slot, slots.segment(slot), slots.buffer(slot));
  }

  /** Makes an item for earlier files, as long as a slot, which pushes out the oldest of these. */
  Item beginEarlier() {
    evictFrom(earlier, earlierCapacity);
    MemorySegment segment = free.pollLast();
    if (segment == null) {
      segment = arena.allocate(slots.slotLength(), PAGE);
    }
    return add(earlier, NO_SLOT, segment, segment.asByteBuffer());
  }

  private Item add(ArrayDeque<Item> to, int slot, MemorySegment segment, ByteBuffer buffer) {
    Item oldest = ring[ringIndex(next)];
    if (oldest != null) {
      evict(oldest); // of the other kind, of which there are few new ones
    }
    Item item = new Item(slot, segment, buffer, (next << offsetBits) & AnchorTable.PLACE_MASK);
    ring[ringIndex(next)] = item;
    next++;
    to.addLast(item);
    return item;
  }

  /** The item of a place; null where it is not here any more. */
  @Nullable Item item(long place) {
    Item item = ring[ringIndex(place >>> offsetBits)];
    return item != null && item.firstPlace >>> offsetBits == place >>> offsetBits ? item : null;
  }

  int offset(long place) {
    return (int) (place & ((1L << offsetBits) - 1));
  }

  private int ringIndex(long number) {
    return (int) number & (ring.length - 1);
  }

  private void evictFrom(ArrayDeque<Item> of, int most) {
    while (of.size() >= most) {
      evict(of.getFirst());
    }
  }

  /** The oldest of its kind. */
  private void evict(Item item) {
    ring[ringIndex(item.firstPlace >>> offsetBits)] = null;
    if (item.isEarlier()) {
      earlier.removeFirst();
      free.addLast(item.segment);
    } else {
      items.removeFirst();
      slots.letGo(item.slot);
    }
  }

  /** Lets go of all slots. Idempotent. */
  @Override
  public void close() {
    while (!items.isEmpty()) {
      evict(items.getFirst());
    }
    earlier.clear();
    free.clear();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
