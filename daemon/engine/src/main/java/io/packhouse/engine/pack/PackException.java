package io.packhouse.engine.pack;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A pack cannot start or go on, for a reason that the user can mend; the message says how. */
public final class PackException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of reason. */
  public enum Reason {
    /** An input is missing, unreadable or no directory. */
    INPUT,
    /** An entry could not be read, and the pack was not told to keep going. */
    ENTRY,
    /** The output exists, lies inside an input, or cannot be written. */
    OUTPUT,
    /** The pack was cancelled. */
    CANCELLED
  }

  private final Reason reason;

  public PackException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
