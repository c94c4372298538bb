package io.packhouse.engine.restore;

import io.packhouse.engine.select.PathFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which entries to restore. An entry is selected by its exact path or by an include glob, or
 * because a directory above it is; where there are neither paths nor includes, all are. An exclude
 * glob takes out what it matches and all below. Immutable and thread-safe.
 */
public final class Selection {
  /** Everything. */
  public static final Selection ALL = new Selection(PathFilter.ALL, List.of());

  private final PathFilter filter;
  private final List<byte[]> paths;
  private final Set<String> keys;

  private Selection(PathFilter filter, List<byte[]> paths) {
    this.filter = filter;
    this.paths = paths;
    Set<String> texts = new HashSet<>();
    for (byte[] path : paths) {
      texts.add(key(path));
    }
    this.keys = Set.copyOf(texts);
  }

  /**
   * Selects by globs and exact paths.
   *
   * @param paths path bytes as the archive has them; those that it has not make the restore fail
   *     before it writes anything
   */
  public static Selection of(PathFilter filter, Collection<byte[]> paths) {
    List<byte[]> copy = new ArrayList<>();
    for (byte[] path : paths) {
      copy.add(path.clone());
    }
    return new Selection(filter, List.copyOf(copy));
  }

  /** Selects exact paths of UTF-8 text. */
  public static Selection ofPaths(String... paths) {
    List<byte[]> bytes = new ArrayList<>();
    for (String path : paths) {
      bytes.add(path.getBytes(StandardCharsets.UTF_8));
    }
    return new Selection(PathFilter.ALL, List.copyOf(bytes));
  }

  /** The bytes as a string of as many characters, which can be a key. */
  static String key(byte[] path) {
    return new String(path, StandardCharsets.ISO_8859_1);
  }

  /** The exact paths; not to be changed. */
  List<byte[]> paths() {
    return paths;
  }

  /** Whether the path itself is selected, whatever is above it. */
  boolean selects(byte[] path, boolean directory) {
    if (paths.isEmpty()) {
      return filter.includes(path, directory);
    }
    return keys.contains(key(path)) || (filter.hasIncludes() && filter.includes(path, directory));
  }

  /** Whether the path itself is taken out, and with it all below. */
  boolean excludes(byte[] path, boolean directory) {
    return path.length > 0 && filter.excludes(path, directory);
  }

  /** Whether a path that is no directory is selected, by itself or by directories above it. */
  boolean selectsLeaf(byte[] path) {
    boolean selected = selects(new byte[0], true) || selects(path, false);
    if (excludes(path, false)) {
      return false;
    }
    for (int i = 0; i < path.length; i++) {
      if (path[i] == '/') {
        byte[] above = Arrays.copyOf(path, i);
        if (excludes(above, true)) {
          return false;
        }
        selected |= selects(above, true);
      }
    }
    return selected;
  }

  /** What all selected paths start with, if only they are selected: a prefix to search for. */
  byte[] commonPrefix() {
    if (paths.isEmpty() || filter.hasIncludes()) {
      return new byte[0];
    }
    byte[] prefix = paths.getFirst();
    for (byte[] path : paths) {
      int mismatch = Arrays.mismatch(prefix, path);
      prefix = mismatch < 0 ? prefix : Arrays.copyOf(prefix, mismatch);
    }
    return prefix;
  }
}
