package io.packhouse.engine.share;

import io.packhouse.engine.memory.SlotPool;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the last items that were looked at, which stay as they are as long as they are here,
 * and what the files in them are made of. How many there are does not depend on time.
 *
 * <p>A place is an item's number, counted from 1, and an offset in its slot: in all 40 bits. The
 * numbers begin again after 2^40 bytes; a place that means another item by then is a bad guess, as
 * others are. One thread at a time.
 */
final class Window implements AutoCloseable {
  /** An item's slot. */
  static final class Item {
    final int slot;
    final MemorySegment segment;
    final ByteBuffer buffer;
    final PartList parts = new PartList();
    private final long firstPlace;

    private Item(int slot, MemorySegment segment, ByteBuffer buffer, long firstPlace) {
      this.slot = slot;
      this.segment = segment;
      this.buffer = buffer;
      this.firstPlace = firstPlace;
    }

    /** The place of a byte of its slot. */
    long place(int offset) {
      return firstPlace | offset;
    }
  }

  private final SlotPool slots;
  private final int offsetBits;
  private final int capacity;
  private final @Nullable Item[] ring;
  private long next = 1;

  /**
   * @param slots stay the caller's
   * @param capacity how many items it has at most
   */
  Window(SlotPool slots, int capacity) {
    this.slots = slots;
    this.capacity = capacity;
    this.offsetBits = Long.SIZE - Long.numberOfLeadingZeros(slots.slotLength() - 1);
    ring = new Item[Integer.highestOneBit(capacity) << 1];
  }

  /** Takes a slot in, which pushes out the oldest. */
  Item begin(int slot) {
    evict(next - capacity);
    slots.hold(slot);
    ByteBuffer buffer = slots.buffer(slot).duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long firstPlace = (next << offsetBits) & AnchorTable.PLACE_MASK;
    Item item = new Item(slot, slots.segment(slot), buffer, firstPlace);
    ring[ringIndex(next)] = item;
    next++;
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

  private void evict(long number) {
    Item item = ring[ringIndex(number)];
    if (item != null) {
      ring[ringIndex(number)] = null;
      slots.letGo(item.slot);
    }
  }

  /** Lets go of all slots. Idempotent. */
  @Override
  public void close() {
    for (int i = 0; i < ring.length; i++) {
      evict(i);
    }
  }
}
