package io.packhouse.sql;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why there is no answer. The message is for users. */
public final class SqlException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is. */
  public enum Reason {
    /** The SQL is wrong, or not allowed. */
    STATEMENT,
    /** The query took more time than it may, or has too large a result. */
    LIMIT,
    /** The query, or loading, needs more memory than it may have. */
    MEMORY,
    /** An archive cannot be read. */
    ARCHIVE,
    /** An archive is damaged. */
    DAMAGED,
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

  public Reason reason() {
    return reason;
  }
}
