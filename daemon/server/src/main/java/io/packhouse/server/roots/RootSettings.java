package io.packhouse.server.roots;

import java.nio.file.Path;

/**
 * A directory whose trees callers may name.
 *
 * @param path absolute
 * @param writable whether archives may be extracted there
 */
public record RootSettings(Path path, boolean writable) {
  public RootSettings {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("path must be absolute: " + path);
    }
  }
}
