package io.packhouse.plugins.generic;

import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.PackageFile;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The file under extraction and its surroundings.
 *
 * @param file the file itself
 * @param context what the host offers
 */
record Subject(PackageFile file, ExtractionContext context) {

  /** The file's name without a suffix that it has; null where nothing would be left. */
  @Nullable String nameWithout(String suffix) {
    String name = file.fileName();
    return name.length() > suffix.length() && name.endsWith(suffix)
        ? name.substring(0, name.length() - suffix.length())
        : null;
  }

  /**
   * The path in the tree of what lies at a path relative to the file's directory.
   *
   * @return null where that leads out of the tree, or is none
   */
  @Nullable String path(String relative) {
    if (relative.isEmpty() || relative.startsWith("/") || relative.indexOf('\0') >= 0) {
      return null;
    }
    Deque<String> names = new ArrayDeque<>();
    String own = file.path();
    String directory = own.substring(0, own.lastIndexOf('/') + 1);
    for (String name : (directory + relative).split("/", -1)) {
      if (name.equals("..")) {
        if (names.pollLast() == null) {
          return null;
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return names.isEmpty() ? null : String.join("/", names);
  }
}
