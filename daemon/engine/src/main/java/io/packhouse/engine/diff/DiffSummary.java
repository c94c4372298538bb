package io.packhouse.engine.diff;

/**
 * How many entries are the same and how many are not.
 *
 * @param added entries that only the right side has
 * @param removed entries that only the left side has
 * @param changed entries of both sides that differ
 * @param moved files that have another path
 * @param unchanged entries that are the same
 * @param unreadable entries of the tree that could not be read
 */
public record DiffSummary(
    long added, long removed, long changed, long moved, long unchanged, long unreadable) {

  /** Whether there is no difference, and everything was compared. */
  public boolean isSame() {
    return added + removed + changed + moved + unreadable == 0;
  }
}
