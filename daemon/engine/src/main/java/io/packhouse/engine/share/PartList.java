package io.packhouse.engine.share;

import java.util.Arrays;

/**
 * Which parts the files of a slot are made of, in the order of the slot. One thread at a time.
 *
 * <p>A part is a range of the slot and the place of its bytes in a blob. Parts of a file follow
 * each other with no gap; between files there may be one.
 */
public final class PartList {
  /** Of each part: where it begins in the slot, where it ends, its blob, its offset there. */
  private static final int FIELDS = 4;

  private int[] parts = new int[4 * FIELDS];
  private int partCount;

  /** Of each file: where it begins in the slot, where it ends. */
  private int[] files = new int[4];

  private int fileCount;

  /** Begins a file of the slot, behind the others. */
  void beginFile(int from, int to) {
    if (2 * fileCount == files.length) {
      files = Arrays.copyOf(files, 2 * files.length);
    }
    files[2 * fileCount] = from;
    files[2 * fileCount + 1] = to;
    fileCount++;
  }

  /** Says where the last file ends. */
  void endFile(int to) {
    files[2 * fileCount - 1] = to;
  }

  /**
   * Adds a part to the last file; one that goes on where the last part ended becomes one with it.
   */
  void add(int from, int length, int blob, int offset) {
    int last = (partCount - 1) * FIELDS;
    if (partCount > 0
        && parts[last + 1] == from
        && from > files[2 * fileCount - 2]
        && parts[last + 2] == blob
        && parts[last + 3] + (from - parts[last]) == offset) {
      parts[last + 1] += length;
      return;
    }
    if (partCount * FIELDS == parts.length) {
      parts = Arrays.copyOf(parts, 2 * parts.length);
    }
    int at = partCount * FIELDS;
    parts[at] = from;
    parts[at + 1] = from + length;
    parts[at + 2] = blob;
    parts[at + 3] = offset;
    partCount++;
  }

  /** How many parts there are. */
  public int count() {
    return partCount;
  }

  public int length(int part) {
    return parts[part * FIELDS + 1] - parts[part * FIELDS];
  }

  public int blob(int part) {
    return parts[part * FIELDS + 2];
  }

  public int offset(int part) {
    return parts[part * FIELDS + 3];
  }

  int from(int part) {
    return parts[part * FIELDS];
  }

  int to(int part) {
    return parts[part * FIELDS + 1];
  }

  /** The file that has this byte of the slot, or −1. */
  int fileAt(int offset) {
    int low = 0;
    int high = fileCount - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (offset < files[2 * middle]) {
        high = middle - 1;
      } else if (offset >= files[2 * middle + 1]) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return -1;
  }

  int fileStart(int file) {
    return files[2 * file];
  }

  int fileEnd(int file) {
    return files[2 * file + 1];
  }

  /**
   * The part that has this byte of the slot, which is of a file, or the next one if it has none.
   */
  int partAt(int offset) {
    int low = 0;
    int high = partCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (parts[middle * FIELDS + 1] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Lets go of memory that was kept for more. */
  void trim() {
    parts = Arrays.copyOf(parts, partCount * FIELDS);
    files = Arrays.copyOf(files, 2 * fileCount);
  }
}
