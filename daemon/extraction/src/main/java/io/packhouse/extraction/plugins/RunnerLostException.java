package io.packhouse.extraction.plugins;

import java.io.Serial;

/** A runner is gone, or was ended because it did wrong. The message is what follows "plugin X ". */
final class RunnerLostException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  RunnerLostException(String message) {
    super(message);
  }
}
