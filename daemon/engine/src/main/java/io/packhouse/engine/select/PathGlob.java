package io.packhouse.engine.select;

import java.nio.charset.StandardCharsets;

/**
 * A glob over path bytes; the package's description has its syntax. Immutable and thread-safe.
 *
 * <p>Bytes that are not UTF-8 are matched as U+FFFD, which {@code ?} and {@code *} match.
 */
public final class PathGlob {
  private final String pattern;
  private final GlobProgram program;
  private final boolean wholePath;
  private final boolean directoriesOnly;

  private PathGlob(
      String pattern, GlobProgram program, boolean wholePath, boolean directoriesOnly) {
    this.pattern = pattern;
    this.program = program;
    this.wholePath = wholePath;
    this.directoriesOnly = directoriesOnly;
  }

  /**
   * Compiles a glob.
   *
   * @throws IllegalArgumentException if it is empty or malformed; says where
   */
  public static PathGlob of(String pattern) {
    boolean directoriesOnly = pattern.endsWith("/");
    String core = directoriesOnly ? pattern.substring(0, pattern.length() - 1) : pattern;
    boolean wholePath = core.indexOf('/') >= 0;
    core = core.startsWith("/") ? core.substring(1) : core;
    if (core.isEmpty()) {
      throw new IllegalArgumentException("empty glob \"" + pattern + "\"");
    }
    return new PathGlob(pattern, GlobProgram.of(core), wholePath, directoriesOnly);
  }

  /** Whether the glob matches a path, or its last name where the glob has no {@code /}. */
  public boolean matches(byte[] path, boolean directory) {
    if (directoriesOnly && !directory) {
      return false;
    }
    int start = 0;
    if (!wholePath) {
      for (int i = path.length - 1; i >= 0 && start == 0; i--) {
        if (path[i] == '/') {
          start = i + 1;
        }
      }
    }
    return program.matches(new String(path, start, path.length - start, StandardCharsets.UTF_8));
  }

  /** The glob as it was given. */
  @Override
  public String toString() {
    return pattern;
  }
}
