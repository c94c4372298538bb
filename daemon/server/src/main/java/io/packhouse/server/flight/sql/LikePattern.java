package io.packhouse.server.flight.sql;

import io.packhouse.server.grpc.Failures;

/**
 * A pattern of SQL's LIKE: {@code %} is any text, {@code _} any character, and a backslash takes
 * either, or itself, as it stands. Matching takes time of the product of the lengths at most.
 */
final class LikePattern {
  /** What takes the next character as it stands. */
  static final String ESCAPE = "\\";

  private static final int MAX_LENGTH = 1_024;
  private static final char ANY_TEXT = 0xE000;
  private static final char ANY_CHARACTER = 0xE001;

  /** With what is special as characters that no name has. */
  private final String pattern;

  private LikePattern(String pattern) {
    this.pattern = pattern;
  }

  /**
   * A pattern of a command.
   *
   * @param field its name there
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it is too long
   */
  static LikePattern of(String field, String like) {
    if (like.length() > MAX_LENGTH) {
      throw Failures.badField(field, "is longer than " + MAX_LENGTH + " characters");
    }
    StringBuilder pattern = new StringBuilder(like.length());
    for (int i = 0; i < like.length(); i++) {
      char c = like.charAt(i);
      if (c == ESCAPE.charAt(0) && i + 1 < like.length()) {
        i++;
        pattern.append(like.charAt(i));
      } else {
        pattern.append(
            switch (c) {
              case '%' -> ANY_TEXT;
              case '_' -> ANY_CHARACTER;
              default -> c;
            });
      }
    }
    return new LikePattern(pattern.toString());
  }

  /** All names. */
  static LikePattern any() {
    return new LikePattern(String.valueOf(ANY_TEXT));
  }

  boolean matches(String name) {
    int at = 0;
    int in = 0;
    int lastAny = -1;
    int retry = 0;
    while (at < name.length()) {
      char wanted = in < pattern.length() ? pattern.charAt(in) : 0;
      if (wanted == ANY_TEXT) {
        lastAny = in++;
        retry = at;
      } else if (in < pattern.length() && (wanted == ANY_CHARACTER || wanted == name.charAt(at))) {
        in++;
        at++;
      } else if (lastAny >= 0) {
        in = lastAny + 1;
        at = ++retry;
      } else {
        return false;
      }
    }
    while (in < pattern.length() && pattern.charAt(in) == ANY_TEXT) {
      in++;
    }
    return in == pattern.length();
  }
}
