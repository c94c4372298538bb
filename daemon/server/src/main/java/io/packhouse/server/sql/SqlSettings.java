package io.packhouse.server.sql;

import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.SqlOptions;
import java.time.Duration;

/**
 * SQL over the catalog.
 *
 * @param processes that answer queries, one query at a time each; of one caller at most all but one
 * @param waiting queries that may wait for a process; more are refused
 * @param memoryBytes of each process, and of each that makes tables
 * @param spillBytes of temporary files of each process
 * @param cacheBytes of the tables of all archives; those that do not fit are not in SQL
 * @param time that a query may take
 * @param resultBytes that the result of a query may have
 */
public record SqlSettings(
    int processes,
    int waiting,
    long memoryBytes,
    long spillBytes,
    long cacheBytes,
    Duration time,
    long resultBytes) {
  public static final SqlSettings DEFAULT =
      new SqlSettings(3, 64, 1L << 30, 4L << 30, 16L << 30, Duration.ofMinutes(1), 4L << 30);

  public SqlSettings {
    if (processes < 1 || processes > 64 || waiting < 0 || cacheBytes < 0 || resultBytes < 0) {
      throw new IllegalArgumentException(
          "processes must be from 1 to 64, and waiting, cache and result not negative");
    }
    if (memoryBytes < SqlOptions.MIN_MEMORY_BYTES || spillBytes < 0) {
      throw new IllegalArgumentException(
          "memory must be at least "
              + (SqlOptions.MIN_MEMORY_BYTES >> 20)
              + "MiB, and spill not negative");
    }
    if (!time.isPositive() || time.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("time must be positive, and a day at most");
    }
  }

  /** What a query may take. */
  public SqlLimits limits() {
    return new SqlLimits(time, Long.MAX_VALUE, resultBytes);
  }

  /** What a process may take. */
  SqlOptions options() {
    return new SqlOptions(
        memoryBytes, spillBytes, Runtime.getRuntime().availableProcessors(), false);
  }
}
