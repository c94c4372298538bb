package io.packhouse.sql;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why there is no answer. The message is for users. */
public final class SqlException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is. */
  public enum Reason {
    /** The SQL is wrong, or not allowed. */
    STATEMENT,
    /** The query has too large a result. */
    LIMIT,
    /** The query, or its planning, took more time than it may. */
    TIME,
    /** The query, or loading, needs more memory than it may have. */
    MEMORY,
    /** There is no room on the disk for temporary files, or tables. */
    DISK,
    /** An archive cannot be read. */
    ARCHIVE,
    /** An archive is damaged. */
    DAMAGED,
    /** The tables of a segment cannot be read; or DuckDB has a bug, which looks the same. */
    TABLES,
    /** Whoever asked wants no answer any more. */
    CANCELLED,
    /** The engine was closed. */
    CLOSED,
    /** The engine's own. */
    INTERNAL
  }

  private final Reason reason;

  public SqlException(Reason reason, String message) {
    this(reason, message, null);
  }

  public SqlException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What took longer than it may, and what to do about that. */
  public static SqlException late(String what, Duration limit) {
    String time = BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString();
    return new SqlException(
        Reason.TIME,
        what
            + " took longer than its limit of time, "
            + time
            + " s: ask for less, such as of some archives only, or have the limit raised");
  }

  public Reason reason() {
    return reason;
  }
}
