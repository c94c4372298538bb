package io.packhouse.engine.share;

import io.packhouse.engine.memory.WarmPool;
import java.util.Arrays;

/**
 * Where anchors were seen last: a hash table of fixed length, in buckets of four cells.
 *
 * <pre>
 *  0                                       40            64
 *  +---------------------------------------+-------------+
 *  | place in the window                   | tag         |    0 is a free cell
 *  +---------------------------------------+-------------+
 * </pre>
 *
 * <p>The first cell of a bucket is the latest; what falls out at the end is the oldest, or the
 * sight of the same anchor before this one. So what an anchor costs is bounded whatever the
 * contents are, and places that have left the window are the first to go. What the table forgets is
 * only not shared.
 *
 * <p>It is an array, unlike other tables of a pack, since the first compiler makes a call of each
 * access to a buffer, and that took longer than the waiting for memory.
 *
 * <p>One pack after another uses it, and each finds it empty. One thread at a time.
 */
final class AnchorTable implements WarmPool.Item {
  /** What tables must have in common. */
  record Key(int cells) {
    /**
     * @param bytes that a table takes at most, but for the least
     */
    static Key of(long bytes) {
      int count = LEAST_CELLS;
      while (2L * count * Long.BYTES <= bytes) {
        count *= 2;
      }
      return new Key(count);
    }
  }

  static final int PLACE_BITS = 40;
  static final long PLACE_MASK = (1L << PLACE_BITS) - 1;
  private static final int BUCKET = 4;
  private static final int LEAST_CELLS = 1 << 12;

  /** To clear more buckets one by one takes about as long as to clear the table. */
  private static final int MOST_FILLED = 1 << 14;

  private final long[] cells;
  private final int mask;

  /** What {@link #replace} found. */
  private final long[] found = new long[BUCKET];

  /** Where the first buckets are that were written to, some more than once. */
  private final int[] filled = new int[MOST_FILLED];

  private int filledCount;

  AnchorTable(Key key) {
    mask = key.cells - BUCKET;
    cells = new long[key.cells];
  }

  /**
   * Fetches the buckets of some anchors, so that the processor waits for memory once, not for each.
   *
   * @return of no meaning, but to be used
   */
  long touch(long[] hashes, int from, int to) {
    long[] of = cells;
    int bits = mask;
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += of[(int) hashes[i] & bits];
    }
    return sum;
  }

  /**
   * Looks for places of an anchor, and puts a new one there.
   *
   * @return how many earlier places there may be, {@link #place} has them
   */
  int replace(long hash, long place) {
    long[] of = cells;
    int at = (int) hash & mask;
    long tag = (hash >>> PLACE_BITS) << PLACE_BITS;
    long first = of[at];
    long second = of[at + 1];
    long third = of[at + 2];
    long fourth = of[at + 3];
    of[at] = tag | place;
    if (filledCount < MOST_FILLED) {
      filled[filledCount++] = at;
    }
    int count = 0;
    // Whatever comes first moves one on, up to the place of what is found, which is free.
    int known = 0;
    if (isOf(first, tag)) {
      known = 1;
      found[count++] = first & PLACE_MASK;
    }
    if (isOf(second, tag)) {
      known = known == 0 ? 2 : known;
      found[count++] = second & PLACE_MASK;
    }
    if (isOf(third, tag)) {
      known = known == 0 ? 3 : known;
      found[count++] = third & PLACE_MASK;
    }
    if (isOf(fourth, tag)) {
      known = known == 0 ? 4 : known;
      found[count++] = fourth & PLACE_MASK;
    }
    if (known != 1) {
      of[at + 1] = first;
      if (known != 2) {
        of[at + 2] = second;
        if (known != 3) {
          of[at + 3] = third;
        }
      }
    }
    return count;
  }

  private static boolean isOf(long cell, long tag) {
    return (cell ^ tag) >>> PLACE_BITS == 0 && cell != 0;
  }

  /** One of the places that were found, which may hold anything by now. */
  long place(int ordinal) {
    return found[ordinal];
  }

  /** Forgets all anchors. */
  void clear() {
    if (filledCount == MOST_FILLED) {
      Arrays.fill(cells, 0);
    } else {
      for (int i = 0; i < filledCount; i++) {
        Arrays.fill(cells, filled[i], filled[i] + BUCKET, 0);
      }
    }
    filledCount = 0;
  }

  /** Of the heap, but as many as buffers beside it would be. */
  @Override
  public long bytes() {
    return (long) Long.BYTES * cells.length;
  }

  @Override
  public void close() {}
}
