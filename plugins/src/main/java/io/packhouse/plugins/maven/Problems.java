package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is wrong within one file, beside which the rest can still be told. For one thread. */
final class Problems {

  private @Nullable ExtractionException first;
  private int others;

  /** Work on a part of a file. */
  @FunctionalInterface
  interface Part<T> {
    @Nullable T read() throws ExtractionException, IOException;
  }

  /**
   * Does work whose failure leaves the rest to be told.
   *
   * @param where the part is, for the message; empty for the file itself
   * @return null where it failed
   */
  <T> @Nullable T attempt(String where, Part<T> part) throws IOException {
    try {
      return part.read();
    } catch (ExtractionException e) {
      note(where, e);
    } catch (ExtractionIOException e) {
      note(where, e.damage());
    }
    return null;
  }

  void note(String where, ExtractionException e) {
    if (first != null) {
      others++;
    } else if (where.isEmpty()) {
      first = e;
    } else {
      first = new ExtractionException(shown(where) + ": " + e.reason(), e);
    }
  }

  /** All of it in one exception, null where nothing is wrong. */
  @Nullable ExtractionException found() {
    if (first == null || others == 0) {
      return first;
    }
    return new ExtractionException(first.reason() + "; and " + others + " more", first);
  }

  /** A name without control characters, which could be anything, and not too long. */
  private static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 200 ? clean : clean.substring(0, 200) + "…";
  }
}
