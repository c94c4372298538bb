package io.packhouse.client.output;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Standard output cannot be written. */
public final class OutputException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean closed;

  OutputException(IOException cause) {
    super("cannot write standard output: " + cause.getMessage(), cause);
    this.closed = isClosed(cause.getMessage());
  }

  /** Whether its reader has closed it, as {@code head} does when it has enough. */
  public boolean isClosed() {
    return closed;
  }

  private static boolean isClosed(@Nullable String message) {
    return message != null && (message.contains("Broken pipe") || message.contains("EPIPE"));
  }
}
