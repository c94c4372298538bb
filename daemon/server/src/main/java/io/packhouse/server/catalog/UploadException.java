package io.packhouse.server.catalog;

import java.io.IOException;

/** An upload cannot go on; the message says why. */
public final class UploadException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of reason. */
  public enum Reason {
    /** The offset is not one from which the upload can go on; ask for it. */
    OFFSET,
    /** More bytes came than were announced, or the archive is larger than the daemon takes. */
    TOO_LONG,
    /** The client ended before all bytes had come; what has arrived is kept. */
    INCOMPLETE,
    /** Another call sends the same archive now. */
    SUPERSEDED,
    /** What has arrived is damaged, or another archive than was announced; it is thrown away. */
    DAMAGED
  }

  private final Reason reason;

  public UploadException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
