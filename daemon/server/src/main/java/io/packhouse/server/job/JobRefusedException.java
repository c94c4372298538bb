package io.packhouse.server.job;

import java.time.Duration;

/** A job is not taken now; the message says why. */
public final class JobRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Too many jobs wait, of all callers or of this one: try again later. */
    QUEUE_FULL,
    /** The daemon takes no more work. */
    DRAINING,
    /** Another request was made under this request id. */
    DUPLICATE_REQUEST_ID,
    /** It needs more memory than the daemon may ever give it. */
    TOO_LARGE
  }

  /** When to try again after {@link Reason#QUEUE_FULL}. */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Reason reason;

  public JobRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
