package io.packhouse.server.job;

import java.io.IOException;
import java.time.Duration;

/** There is no room for more work at the moment: a queue, a quota or the memory is full. */
public final class BusyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String subject;
  private final transient Duration retryAfter;

  /**
   * @param subject what is full: {@code queue}, {@code caller:uid:1000}, {@code memory}
   * @param message why, and how much is allowed
   * @param retryAfter when it is worth to try again; zero or less where waiting does not help
   */
  public BusyException(String subject, String message, Duration retryAfter) {
    super(message);
    this.subject = subject;
    this.retryAfter = retryAfter;
  }

  /** What is full. */
  public String subject() {
    return subject;
  }

  /** When it is worth to try again; zero or less where waiting does not help. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
