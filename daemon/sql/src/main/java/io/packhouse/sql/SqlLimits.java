package io.packhouse.sql;

import java.time.Duration;

/**
 * What a query may take.
 *
 * @param time until the last row is sent, the time that the caller takes to read them included
 * @param rows of the result
 * @param bytes of the result, as Arrow
 */
public record SqlLimits(Duration time, long rows, long bytes) {
  /** Characters of a statement, whatever else it may take. */
  public static final int MAX_STATEMENT_LENGTH = 256 << 10;

  /** A minute, and any result. */
  public static final SqlLimits DEFAULT =
      new SqlLimits(Duration.ofMinutes(1), Long.MAX_VALUE, Long.MAX_VALUE);

  public SqlLimits {
    if (time.toMillis() < 1 || time.compareTo(Duration.ofDays(1)) > 0 || rows < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "limits must be positive, and of a day at most, time="
              + time
              + ", rows="
              + rows
              + ", bytes="
              + bytes);
    }
  }
}
