package io.packhouse.engine.select;

import java.util.List;

/**
 * Which entries of a tree count. An entry is left out if an exclude matches it or a directory above
 * it. Where there are includes, an entry counts only if one matches it or a directory above it;
 * directories above what counts, count. Immutable and thread-safe.
 */
public final class PathFilter {
  /** Lets everything through. */
  public static final PathFilter ALL = new PathFilter(List.of(), List.of());

  private final List<PathGlob> includes;
  private final List<PathGlob> excludes;

  public PathFilter(List<PathGlob> includes, List<PathGlob> excludes) {
    this.includes = List.copyOf(includes);
    this.excludes = List.copyOf(excludes);
  }

  /** Whether entries must match an include to count. */
  public boolean hasIncludes() {
    return !includes.isEmpty();
  }

  /** Whether an exclude matches this very path; what is below it is for the caller to skip. */
  public boolean excludes(byte[] path, boolean directory) {
    return !excludes.isEmpty() && any(excludes, path, directory);
  }

  /** Whether an include matches this very path, or there are none. */
  public boolean includes(byte[] path, boolean directory) {
    return includes.isEmpty() || any(includes, path, directory);
  }

  private static boolean any(List<PathGlob> globs, byte[] path, boolean directory) {
    for (PathGlob glob : globs) {
      if (glob.matches(path, directory)) {
        return true;
      }
    }
    return false;
  }
}
