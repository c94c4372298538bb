package io.packhouse.plugins.npm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Versions as npm cleans them before it publishes or compares: semver in its loose form, without
 * {@code v}, {@code =}, leading zeros and build metadata.
 */
final class NpmVersion {

  private static final int MAX_LENGTH = 256;

  private static final String IDENTIFIER = "(?:\\d*[a-zA-Z-][a-zA-Z0-9-]*|\\d+)";

  private static final Pattern LOOSE =
      Pattern.compile(
          "[v=\\s]*(\\d{1,16})\\.(\\d{1,16})\\.(\\d{1,16})(?:-?("
              + IDENTIFIER
              + "(?:\\."
              + IDENTIFIER
              + ")*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?");

  private NpmVersion() {}

  /** The version in its clean form; null where {@code text} is not one version. */
  static @Nullable String clean(String text) {
    String trimmed = text.strip();
    if (trimmed.length() > MAX_LENGTH) {
      return null;
    }
    Matcher matcher = LOOSE.matcher(trimmed);
    if (!matcher.matches()) {
      return null;
    }
    StringBuilder version = new StringBuilder(trimmed.length());
    for (int part = 1; part <= 3; part++) {
      version.append(part == 1 ? "" : ".").append(withoutZeros(matcher.group(part)));
    }
    String pre = matcher.group(4);
    if (pre != null) {
      char separator = '-';
      for (String identifier : pre.split("\\.", -1)) {
        version
            .append(separator)
            .append(isNumber(identifier) ? withoutZeros(identifier) : identifier);
        separator = '.';
      }
    }
    return version.toString();
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String withoutZeros(String digits) {
    int from = 0;
    while (from < digits.length() - 1 && digits.charAt(from) == '0') {
      from++;
    }
    return digits.substring(from);
  }
}
