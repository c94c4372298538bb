package io.packhouse.engine.share;

import java.util.Arrays;

/** Anchors of the contents of a slot, ascending. One owner at a time. */
public final class Anchors {
  private static final int INITIAL = 1 << 13;

  int[] positions = new int[INITIAL];
  long[] hashes = new long[INITIAL];
  private int count;

  /** How many there are. */
  public int count() {
    return count;
  }

  void add(int position, long hash) {
    if (count == positions.length) {
      grow();
    }
    positions[count] = position;
    hashes[count++] = hash;
  }

  private void grow() {
    positions = Arrays.copyOf(positions, 2 * count);
    hashes = Arrays.copyOf(hashes, 2 * count);
  }

  void clear() {
    count = 0;
  }
}
