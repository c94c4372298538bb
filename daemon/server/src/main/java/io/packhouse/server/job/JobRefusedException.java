package io.packhouse.server.job;

/** A job is not taken, for a reason other than want of room; the message says why. */
public final class JobRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The daemon takes no more work. */
    DRAINING,
    /** Another request was made under this request id. */
    DUPLICATE_REQUEST_ID
  }

  private final Reason reason;

  public JobRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
