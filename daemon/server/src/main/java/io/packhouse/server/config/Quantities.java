package io.packhouse.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and times as users write them. */
final class Quantities {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,18}) ?([kmgtKMGT]?)([iI]?)([bB]?)");
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");
  private static final List<String> SIZE_UNITS = List.of("", "k", "m", "g", "t");

  private Quantities() {}

  /**
   * Parses a number of bytes: K, M, G, T and KiB, MiB, GiB, TiB are powers of 1,024; KB, MB, GB, TB
   * powers of 1,000.
   *
   * @throws IllegalArgumentException if it is none
   */
  static long parseSize(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (matcher.matches()) {
      int power = SIZE_UNITS.indexOf(matcher.group(2).toLowerCase(Locale.ROOT));
      boolean binary = !matcher.group(3).isEmpty();
      boolean named = !matcher.group(4).isEmpty();
      boolean sensible = binary ? power > 0 && named : true;
      if (sensible) {
        try {
          long size = Long.parseLong(matcher.group(1));
          for (int i = 0; i < power; i++) {
            size = Math.multiplyExact(size, named && !binary ? 1_000 : 1_024);
          }
          return size;
        } catch (ArithmeticException e) {
          throw new IllegalArgumentException("\"" + text + "\" is too large a size", e);
        }
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is no size in bytes, such as 16777216, \"16MiB\" or \"16MB\"");
  }

  /** The shortest text that {@link #parseSize} reads as this. */
  static String sizeText(long bytes) {
    int power = 0;
    long rest = bytes;
    while (rest != 0 && rest % 1_024 == 0 && power < SIZE_UNITS.size() - 1) {
      rest /= 1_024;
      power++;
    }
    return power == 0
        ? Long.toString(bytes)
        : rest + SIZE_UNITS.get(power).toUpperCase(Locale.ROOT) + "iB";
  }

  /**
   * Parses a time: a whole number and {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Duration parseTime(String text) {
    Matcher matcher = TIME.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no time, such as \"500ms\", \"30s\", \"5m\", \"2h\" or \"1d\"");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** The shortest text that {@link #parseTime} reads as this. */
  static String timeText(Duration time) {
    long millis = time.toMillis();
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    if (seconds == 0) {
      return "0s";
    }
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
