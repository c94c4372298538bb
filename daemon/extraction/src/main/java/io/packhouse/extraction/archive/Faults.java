package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The first failure of the streams that belong to one opened file. Libraries between them wrap
 * failures, or take them for the end; so each stream notes its own here, and those above ask.
 */
final class Faults {

  private @Nullable IOException first;

  /** Notes a failure of the file itself, a limit, or damage, unless there was one before. */
  IOException note(IOException failure) {
    if (first == null) {
      first = failure;
    }
    return first;
  }

  /** As {@link #note(IOException)}. */
  IOException note(ExtractionException damage) {
    return first == null ? note(new ExtractionIOException(damage)) : first;
  }

  /** Throws the first failure again, if there was one. */
  void check() throws IOException {
    if (first != null) {
      throw first;
    }
  }

  /**
   * What a library's exception comes from: the first failure, else damage.
   *
   * @param what is damaged, such as "gzip stream"
   */
  IOException explain(String what, Throwable thrown) {
    if (first == null && thrown instanceof ExtractionIOException io) {
      return note(io);
    }
    return first == null ? note(new ExtractionException(reason(what, thrown), thrown)) : first;
  }

  private static String reason(String what, Throwable thrown) {
    String message = thrown.getMessage();
    if (thrown instanceof StackOverflowError) {
      message = "headers without end";
    } else if (message == null || message.isBlank()) {
      message = thrown instanceof java.io.EOFException ? "it ends early" : null;
    }
    return what + " is damaged" + (message == null ? "" : ": " + Names.shown(message, 200));
  }
}
