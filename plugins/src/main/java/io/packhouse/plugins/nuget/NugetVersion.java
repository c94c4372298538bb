package io.packhouse.plugins.nuget;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Versions of NuGet: Semantic Versioning 2.0.0 with one to four numbers. */
final class NugetVersion {

  private static final int MAX_LENGTH = 256;
  private static final Pattern VERSION =
      Pattern.compile(
          "([0-9]{1,18})(?:\\.([0-9]{1,18}))?(?:\\.([0-9]{1,18}))?(?:\\.([0-9]{1,18}))?"
              + "(-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?");

  /** {@code [1.0]}, the one form of a requirement that only one version fits. */
  private static final Pattern PINNED = Pattern.compile("\\[\\s*([^\\s,\\[\\]()*]+)\\s*]");

  private NugetVersion() {}

  /**
   * The normalised form; the text itself where it is no version, so that nothing is lost.
   *
   * @param version stripped
   */
  static String normalise(String version) {
    Matcher parts = version.length() > MAX_LENGTH ? null : VERSION.matcher(version);
    if (parts == null || !parts.matches()) {
      return version;
    }
    StringBuilder normalised = new StringBuilder(version.length() + 4);
    normalised.append(number(parts.group(1)));
    normalised.append('.').append(number(parts.group(2)));
    normalised.append('.').append(number(parts.group(3)));
    long revision = number(parts.group(4));
    if (revision != 0) {
      normalised.append('.').append(revision);
    }
    String label = parts.group(5);
    return normalised.append(label == null ? "" : label).toString();
  }

  /** The version, normalised, that a requirement pins; null where others fit too. */
  static @Nullable String pinned(@Nullable String requirement) {
    if (requirement == null || requirement.length() > MAX_LENGTH) {
      return null;
    }
    Matcher pinned = PINNED.matcher(requirement);
    return pinned.matches() && VERSION.matcher(pinned.group(1)).matches()
        ? normalise(pinned.group(1))
        : null;
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
