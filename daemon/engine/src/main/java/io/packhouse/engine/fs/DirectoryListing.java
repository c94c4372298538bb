package io.packhouse.engine.fs;

import java.util.Arrays;
import java.util.Objects;

/**
 * The children of a directory but {@code .} and {@code ..}, sorted by unsigned bytes of their
 * names. Immutable, and compact: a million names are three arrays, not a million objects.
 *
 * <pre>
 * names    name of 0 | name of 1 | …
 * offsets  size() + 1 values: name i is names[offsets[i] .. offsets[i + 1])
 * kinds    a d_type each: S_IFMT bits shifted by 12, 0 for unknown
 * </pre>
 */
public final class DirectoryListing {

  private static final int INSERTION_LIMIT = 8;

  private final byte[] names;
  private final int[] offsets;
  private final byte[] kinds;

  private DirectoryListing(byte[] names, int[] offsets, byte[] kinds) {
    this.names = names;
    this.offsets = offsets;
    this.kinds = kinds;
  }

  /** Number of children. */
  public int size() {
    return kinds.length;
  }

  /**
   * The name of a child, in a new array.
   *
   * @param ordinal 0 to {@link #size()} − 1
   */
  public byte[] name(int ordinal) {
    Objects.checkIndex(ordinal, kinds.length);
    return Arrays.copyOfRange(names, offsets[ordinal], offsets[ordinal + 1]);
  }

  /**
   * What a child was when it was listed; {@link FileKind#UNKNOWN} where the file system does not
   * tell without {@link OpenDirectory#status(byte[])}.
   *
   * @param ordinal 0 to {@link #size()} − 1
   */
  public FileKind kind(int ordinal) {
    return FileKind.ofDirectoryType(kinds[ordinal]);
  }

  /** The ordinal of a name; where it is not listed, −1 − the ordinal that it would have. */
  public int find(byte[] name) {
    int low = 0;
    int high = kinds.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order =
          Arrays.compareUnsigned(names, offsets[middle], offsets[middle + 1], name, 0, name.length);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }

  /** Collects children in any order. Not thread-safe. */
  public static final class Builder {
    private byte[] names = new byte[1024];
    private int[] offsets = new int[65];
    private byte[] kinds = new byte[64];
    private int size;

    /**
     * Makes room for one more name; the caller then fills it in at {@link #names()}, from {@link
     * #nameOffset()} on.
     *
     * @throws OutOfMemoryError for a directory of more than 2 GiB of names
     */
    public void add(int nameLength, FileKind kind) {
      int end = offsets[size] + nameLength;
      if (end < 0) {
        throw new OutOfMemoryError("directory has more than 2 GiB of names");
      }
      if (end > names.length) {
        names = Arrays.copyOf(names, grown(names.length, end));
      }
      if (size == kinds.length) {
        kinds = Arrays.copyOf(kinds, grown(size, size + 1));
        offsets = Arrays.copyOf(offsets, kinds.length + 1);
      }
      kinds[size++] = (byte) (kind.format() >> 12);
      offsets[size] = end;
    }

    /** Adds a name. */
    public void add(byte[] name, FileKind kind) {
      add(name.length, kind);
      System.arraycopy(name, 0, names, nameOffset(), name.length);
    }

    /** The names so far, to be filled in; another array after the next {@link #add}. */
    public byte[] names() {
      return names;
    }

    /** Where the name that was added last begins. */
    public int nameOffset() {
      return offsets[size - 1];
    }

    /** Sorts; the builder is used up. */
    public DirectoryListing build() {
      int[] order = new int[size];
      boolean sorted = true;
      for (int i = 0; i < size; i++) {
        order[i] = i;
        sorted &= i == 0 || compare(i - 1, i) <= 0;
      }
      if (!sorted) {
        sort(order, order.clone(), 0, size);
      }
      byte[] sortedNames = new byte[offsets[size]];
      int[] sortedOffsets = new int[size + 1];
      byte[] sortedKinds = new byte[size];
      int end = 0;
      for (int i = 0; i < size; i++) {
        int from = order[i];
        int length = offsets[from + 1] - offsets[from];
        System.arraycopy(names, offsets[from], sortedNames, end, length);
        sortedKinds[i] = kinds[from];
        end += length;
        sortedOffsets[i + 1] = end;
      }
      return new DirectoryListing(sortedNames, sortedOffsets, sortedKinds);
    }

    /** Merge sort of {@code target[from..to)}; {@code source} holds the same values there. */
    private void sort(int[] target, int[] source, int from, int to) {
      if (to - from <= INSERTION_LIMIT) {
        for (int i = from + 1; i < to; i++) {
          int moving = target[i];
          int hole = i;
          for (; hole > from && compare(target[hole - 1], moving) > 0; hole--) {
            target[hole] = target[hole - 1];
          }
          target[hole] = moving;
        }
        return;
      }
      int middle = (from + to) >>> 1;
      sort(source, target, from, middle);
      sort(source, target, middle, to);
      for (int out = from, left = from, right = middle; out < to; out++) {
        boolean takeLeft =
            right == to || (left < middle && compare(source[left], source[right]) <= 0);
        target[out] = takeLeft ? source[left++] : source[right++];
      }
    }

    private int compare(int left, int right) {
      return Arrays.compareUnsigned(
          names, offsets[left], offsets[left + 1], names, offsets[right], offsets[right + 1]);
    }

    private static int grown(int length, int minimum) {
      int limit = Integer.MAX_VALUE - 16;
      return Math.max(minimum, (int) Math.min(limit, (long) length * 2));
    }
  }
}
