package io.packhouse.engine.pack;

import java.util.Arrays;

/**
 * The extents of files, and slices of files, that have more than one part, so that another of equal
 * contents gets the same. Within a limit: what comes later is not remembered. One thread at a time.
 */
final class SplitFiles {
  /** Extents in all, of 12 bytes each: those of a Maven repository of two gigabytes. */
  private static final int MAX_EXTENTS = 1 << 20;

  private static final int FIELDS = 3;

  private int[] extents = new int[1 << 10];
  private int[] ends = new int[1 << 6];
  private int count;

  /**
   * Remembers extents, which are triples as rows have them.
   *
   * @return their number; −1 where there is no room
   */
  int add(long[] triples) {
    int start = count == 0 ? 0 : ends[count - 1];
    int end = start + triples.length;
    if (end > MAX_EXTENTS * FIELDS) {
      return -1;
    }
    if (end > extents.length) {
      extents = Arrays.copyOf(extents, Math.max(end, 2 * extents.length));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    for (int i = 0; i < triples.length; i++) {
      extents[start + i] = (int) triples[i]; // ordinals, and places in slots
    }
    ends[count] = end;
    return count++;
  }

  /** The extents of a number, as triples. */
  long[] get(int number) {
    int start = number == 0 ? 0 : ends[number - 1];
    long[] triples = new long[ends[number] - start];
    for (int i = 0; i < triples.length; i++) {
      triples[i] = extents[start + i];
    }
    return triples;
  }
}
