package io.packhouse.plugins.maven;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes paths within a package out of whatever an archive calls its members. */
final class InnerPaths {

  /** With 16 levels of nesting, still far from what a host takes. */
  private static final int MAX_LENGTH = 1_000;

  /** Members of one name; real jars have none. */
  private static final int MAX_SAME = 100;

  private InnerPaths() {}

  /**
   * The name without what leads elsewhere: empty names, {@code .} and {@code ..}.
   *
   * @return null where nothing is left, or too much
   */
  static @Nullable String of(String name) {
    if (name.length() > MAX_LENGTH) {
      return null;
    }
    StringBuilder path = new StringBuilder();
    for (String part : name.replace('\0', '?').split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        path.append(path.isEmpty() ? "" : "/").append(part);
      }
    }
    return path.isEmpty() ? null : path.toString();
  }

  /** The path, with a number before its extension where it is taken; null after too many. */
  static @Nullable String free(@Nullable String path, Set<String> taken) {
    if (path == null || taken.add(path)) {
      return path;
    }
    int dot = path.lastIndexOf('.');
    for (int number = 2; number <= MAX_SAME; number++) {
      String other =
          dot < 0
              ? path + "~" + number
              : path.substring(0, dot) + "~" + number + path.substring(dot);
      if (taken.add(other)) {
        return other;
      }
    }
    return null;
  }
}
