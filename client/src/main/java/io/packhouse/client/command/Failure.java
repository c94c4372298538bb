package io.packhouse.client.command;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The end of a command that the user is told of in one line. */
final class Failure extends IOException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  Failure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  Failure(int exitCode, String message) {
    this(exitCode, message, null);
  }

  static Failure usage(String message) {
    return new Failure(ExitCode.USAGE, message);
  }

  int exitCode() {
    return exitCode;
  }
}
