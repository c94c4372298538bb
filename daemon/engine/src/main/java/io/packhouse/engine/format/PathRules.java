package io.packhouse.engine.format;

import org.jspecify.annotations.Nullable;

/** The format's rules for the bytes of a path. */
public final class PathRules {
  private PathRules() {}

  /**
   * Says which rule a path breaks, or null where it breaks none. The root, the empty path, is
   * valid. Whoever restores trees asks this again before using a path.
   */
  public static @Nullable String problem(byte[] path) {
    if (path.length > ArchiveFormat.MAX_PATH_LENGTH) {
      return "path of " + path.length + " bytes, limit " + ArchiveFormat.MAX_PATH_LENGTH;
    }
    int start = 0;
    for (int i = 0; i <= path.length && path.length > 0; i++) {
      if (i < path.length && path[i] == 0) {
        return "path has a NUL at byte " + i;
      }
      if (i < path.length && path[i] != '/') {
        continue;
      }
      int length = i - start;
      if (length == 0) {
        return start == 0 ? "path starts with /" : "path has an empty component at byte " + start;
      }
      if (length == 1 && path[start] == '.') {
        return "path has a component . at byte " + start;
      }
      if (length == 2 && path[start] == '.' && path[start + 1] == '.') {
        return "path has a component .. at byte " + start;
      }
      start = i + 1;
    }
    return null;
  }
}
