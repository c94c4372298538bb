package io.packhouse.sql;

/**
 * What a worker may have.
 *
 * @param memoryBytes of all that the worker's process allocates: heap, DuckDB, buffers. The system
 *     refuses it more (Linux; elsewhere only DuckDB's own limit holds)
 * @param diskBytes that queries may spill to files; as much again as the tables take
 * @param threads of a query
 * @param background whether all else on the machine goes first
 */
public record SqlOptions(long memoryBytes, long diskBytes, int threads, boolean background) {
  /** Below it the JVM and DuckDB alone would not start. */
  public static final long MIN_MEMORY_BYTES = 384L << 20;

  /** 1 GiB of memory, 4 GiB of disk, a thread for each processor. */
  public static final SqlOptions DEFAULT =
      new SqlOptions(1L << 30, 4L << 30, Runtime.getRuntime().availableProcessors(), false);

  public SqlOptions {
    if (memoryBytes < MIN_MEMORY_BYTES || diskBytes < 0 || threads < 1) {
      throw new IllegalArgumentException(
          "memory must be at least "
              + MIN_MEMORY_BYTES
              + " bytes, and threads positive, memoryBytes="
              + memoryBytes
              + ", diskBytes="
              + diskBytes
              + ", threads="
              + threads);
    }
  }

  /** The same with another {@code memoryBytes}. */
  public SqlOptions withMemoryBytes(long bytes) {
    return new SqlOptions(bytes, diskBytes, threads, background);
  }

  /** The same in the background, with one thread. */
  public SqlOptions inBackground() {
    return new SqlOptions(memoryBytes, diskBytes, 1, true);
  }
}
