package io.packhouse.engine.format;

import java.util.List;

/**
 * The bases of a delta, nearest first: the archives that its extents may name blobs of. Immutable.
 *
 * <p>A blob of a base has a number in the delta: blobs are counted through the bases in the order
 * of this list, from 0, and number {@code n} is the {@code blob} −2 − n of an extent.
 *
 * <p>Source: {@code FORMAT.md}.
 *
 * @param bases empty for an archive that is no delta
 */
public record BaseList(List<BaseId> bases) {

  /** Of an archive that is no delta. */
  public static final BaseList NONE = new BaseList(List.of());

  public BaseList {
    bases = List.copyOf(bases);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return bases.isEmpty();
  }

  /** How many there are: the depth of the chain below the delta. */
  public int size() {
    return bases.size();
  }

  /** The base at a position. */
  public BaseId get(int position) {
    return bases.get(position);
  }

  /** What the base at a position must have as its own bases. */
  public BaseList after(int position) {
    return new BaseList(bases.subList(position + 1, bases.size()));
  }

  /** The number in the delta of the first blob of the base at a position. */
  public long first(int position) {
    return BaseId.blobs(bases.subList(0, position));
  }

  /** How many blobs the bases have together. */
  public long blobs() {
    return BaseId.blobs(bases);
  }

  /** Number among the blobs of the bases that an extent's {@code blob} ≤ −2 means. */
  public static long number(long extentBlob) {
    return ArchiveFormat.FIRST_BASE_BLOB - extentBlob;
  }

  /** An extent's {@code blob} for a number among the blobs of the bases: the inverse. */
  public static long extentBlob(long number) {
    return ArchiveFormat.FIRST_BASE_BLOB - number;
  }
}
