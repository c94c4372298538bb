package io.packhouse.engine.select;

import io.packhouse.engine.fs.PathText;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.regex.PatternSyntaxException;

/**
 * A glob over path bytes, in the syntax of {@link FileSystem#getPathMatcher}. Immutable and
 * thread-safe.
 *
 * <p>Bytes that are not UTF-8 are matched as U+FFFD, which {@code ?} and {@code *} match.
 */
public final class PathGlob {
  private final String pattern;
  private final PathMatcher matcher;
  private final boolean wholePath;
  private final boolean directoriesOnly;

  private PathGlob(
      String pattern, PathMatcher matcher, boolean wholePath, boolean directoriesOnly) {
    this.pattern = pattern;
    this.matcher = matcher;
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
    try {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + core);
      return new PathGlob(pattern, matcher, wholePath, directoriesOnly);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "bad glob \"" + pattern + "\": " + e.getDescription() + " at " + e.getIndex(), e);
    }
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
    String text = new String(path, start, path.length - start, StandardCharsets.UTF_8);
    try {
      return matcher.matches(Path.of(text));
    } catch (InvalidPathException e) {
      throw new IllegalStateException(
          "the JVM's locale cannot express \""
              + PathText.display(path)
              + "\" to match it with a glob; run with a UTF-8 locale, such as LC_ALL=C.UTF-8",
          e);
    }
  }

  /** The glob as it was given. */
  @Override
  public String toString() {
    return pattern;
  }
}
