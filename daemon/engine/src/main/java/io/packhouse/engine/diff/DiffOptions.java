package io.packhouse.engine.diff;

/**
 * How to compare.
 *
 * @param quick takes files of equal size and modification time as equal without reading them; only
 *     of use with a tree
 * @param mtimes whether modification times count
 * @param owners whether owners count, by number, where both sides have them
 * @param modes whether permission bits count
 * @param workers threads that hash files of a tree, 1 to 1,024
 */
public record DiffOptions(
    boolean quick, boolean mtimes, boolean owners, boolean modes, int workers) {

  private static final int MAX_WORKERS = 1_024;

  public DiffOptions {
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException("workers must be 1 to " + MAX_WORKERS + ", is " + workers);
    }
  }

  /** Everything counts, contents are compared, a worker a processor. */
  public static DiffOptions defaults() {
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), MAX_WORKERS);
    return new DiffOptions(false, true, true, true, workers);
  }

  /** The same with another {@code quick}. */
  public DiffOptions withQuick(boolean on) {
    return new DiffOptions(on, mtimes, owners, modes, workers);
  }

  /** The same with another {@code mtimes}. */
  public DiffOptions withMtimes(boolean on) {
    return new DiffOptions(quick, on, owners, modes, workers);
  }

  /** The same with another {@code owners}. */
  public DiffOptions withOwners(boolean on) {
    return new DiffOptions(quick, mtimes, on, modes, workers);
  }

  /** The same with another {@code modes}. */
  public DiffOptions withModes(boolean on) {
    return new DiffOptions(quick, mtimes, owners, on, workers);
  }

  /** The same with another {@code workers}. */
  public DiffOptions withWorkers(int count) {
    return new DiffOptions(quick, mtimes, owners, modes, count);
  }
}
