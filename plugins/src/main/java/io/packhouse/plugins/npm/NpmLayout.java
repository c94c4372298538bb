package io.packhouse.plugins.npm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a path in the layout of a registry says: {@code name/-/name-version.tgz}, {@code
 * @scope/name/-/name-version.tgz}, and with the scope repeated behind {@code -}, as some mirrors
 * have it.
 *
 * @param name with its scope
 */
record NpmLayout(String name, String version) {

  private static final Pattern PATH =
      Pattern.compile("(?:^|/)((?:(@[^/]+)/)?([^/@]+))/-/(?:\\2/)?\\3-(\\d[^/]*)\\.tgz$");

  /** What the path says; null where it is in no such layout. */
  static @Nullable NpmLayout parse(String path) {
    if (!path.contains("/-/")) {
      return null;
    }
    Matcher matcher = PATH.matcher(path);
    if (!matcher.find()) {
      return null;
    }
    return new NpmLayout(matcher.group(1), matcher.group(4));
  }
}
