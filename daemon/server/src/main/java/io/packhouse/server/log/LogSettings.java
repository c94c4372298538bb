package io.packhouse.server.log;

import java.util.Locale;

/**
 * How the log is written, to standard error.
 *
 * @param format of its lines
 */
public record LogSettings(Format format) {
  public static final LogSettings DEFAULT = new LogSettings(Format.TEXT);

  /** What a line is. */
  public enum Format {
    /** For people. */
    TEXT,
    /** An object for programs. */
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
