package io.packhouse.plugins.npm;

import io.packhouse.plugins.purl.Purl;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * A package name in its parts.
 *
 * @param scope with its {@code @}; null where there is none
 * @param name without the scope
 */
record NpmName(@Nullable String scope, String name) {

  private static final int MAX_LENGTH = 1_024;

  /** The parts of a name; null where npm would not take it for one. */
  static @Nullable NpmName parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return null;
    }
    int slash = text.startsWith("@") ? text.indexOf('/') : -1;
    String scope = slash < 0 ? null : text.substring(0, slash);
    String name = text.substring(slash + 1);
    boolean valid =
        isPlain(name)
            && !name.startsWith(".")
            && !name.equalsIgnoreCase("node_modules")
            && (scope == null || isPlain(scope.substring(1)));
    return valid ? new NpmName(scope, name) : null;
  }

  /** Whether encoding {@code text} as a component of a URL leaves it as it is. */
  private static boolean isPlain(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || "-_.!~*'()".indexOf(c) >= 0);
  }

  /** The package URL. It keeps the case: a few old packages differ by that alone. */
  String purl(@Nullable String version) {
    return Purl.of("npm", scope, name, version, Collections.emptySortedMap());
  }
}
