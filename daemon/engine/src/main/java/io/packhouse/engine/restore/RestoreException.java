package io.packhouse.engine.restore;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A restore cannot start or go on. The message says why, the report what was restored before. */
public final class RestoreException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of reason. */
  public enum Reason {
    /** The destination is not empty, no directory, or cannot be made; nothing was written. */
    DESTINATION,
    /** A selected path is not in the archive; nothing was written. */
    NOT_FOUND,
    /** What the archive has of an entry is damaged. */
    DAMAGED,
    /** An entry could not be read or written. */
    ENTRY,
    /** The restore was cancelled. */
    CANCELLED
  }

  private final Reason reason;
  private final transient @Nullable RestoreReport report;

  RestoreException(
      Reason reason, String message, @Nullable Throwable cause, @Nullable RestoreReport report) {
    super(message, cause);
    this.reason = reason;
    this.report = report;
  }

  public Reason reason() {
    return reason;
  }

  /** What was restored until then, and stays; null where nothing was written. */
  public @Nullable RestoreReport report() {
    return report;
  }
}
