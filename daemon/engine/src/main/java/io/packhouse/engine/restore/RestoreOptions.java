package io.packhouse.engine.restore;

/**
 * How to restore.
 *
 * @param workers threads that decode, check and write, 1 to 1,024
 * @param memoryBytes for decoded blobs and planned entries together, at least {@value
 *     #MIN_MEMORY_BYTES}; a single blob that is larger is decoded alone
 * @param force merges into a destination that is not empty, and replaces files that are in the way
 * @param keepGoing reports what cannot be restored and goes on, instead of stopping at it
 * @param owners gives files to the users and groups that the archive names: by name where this
 *     system knows it, else by number
 * @param xattrs sets extended attributes where the archive has them
 * @param sync returns only when everything has reached the device
 * @param selection which entries to restore
 */
public record RestoreOptions(
    int workers,
    long memoryBytes,
    boolean force,
    boolean keepGoing,
    boolean owners,
    boolean xattrs,
    boolean sync,
    Selection selection) {

  public static final int MAX_WORKERS = 1_024;
  public static final long MIN_MEMORY_BYTES = 4L << 20;
  public static final long DEFAULT_MEMORY_BYTES = 128L << 20;

  public RestoreOptions {
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException("workers must be 1 to " + MAX_WORKERS + ", is " + workers);
    }
    if (memoryBytes < MIN_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "memory must be at least " + MIN_MEMORY_BYTES + " bytes, is " + memoryBytes);
    }
  }

  /** The defaults: everything, a worker a processor, owners where this process is root. */
  public static RestoreOptions defaults() {
    return new RestoreOptions(
        Math.min(Runtime.getRuntime().availableProcessors(), MAX_WORKERS),
        DEFAULT_MEMORY_BYTES,
        false,
        false,
        Identity.current().isRoot(),
        true,
        false,
        Selection.ALL);
  }

  /** The same with another {@code workers}. */
  public RestoreOptions withWorkers(int count) {
    return new RestoreOptions(
        count, memoryBytes, force, keepGoing, owners, xattrs, sync, selection);
  }

  /** The same with another {@code memoryBytes}. */
  public RestoreOptions withMemoryBytes(long bytes) {
    return new RestoreOptions(workers, bytes, force, keepGoing, owners, xattrs, sync, selection);
  }

  /** The same with another {@code force}. */
  public RestoreOptions withForce(boolean on) {
    return new RestoreOptions(workers, memoryBytes, on, keepGoing, owners, xattrs, sync, selection);
  }

  /** The same with another {@code keepGoing}. */
  public RestoreOptions withKeepGoing(boolean on) {
    return new RestoreOptions(workers, memoryBytes, force, on, owners, xattrs, sync, selection);
  }

  /** The same with another {@code owners}. */
  public RestoreOptions withOwners(boolean on) {
    return new RestoreOptions(workers, memoryBytes, force, keepGoing, on, xattrs, sync, selection);
  }

  /** The same with another {@code xattrs}. */
  public RestoreOptions withXattrs(boolean on) {
    return new RestoreOptions(workers, memoryBytes, force, keepGoing, owners, on, sync, selection);
  }

  /** The same with another {@code sync}. */
  public RestoreOptions withSync(boolean on) {
    return new RestoreOptions(
        workers, memoryBytes, force, keepGoing, owners, xattrs, on, selection);
  }

  /** The same with another {@code selection}. */
  public RestoreOptions withSelection(Selection of) {
    return new RestoreOptions(workers, memoryBytes, force, keepGoing, owners, xattrs, sync, of);
  }
}
