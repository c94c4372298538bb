package io.packhouse.server.catalog;

import java.nio.file.Path;

/**
 * A configured directory of archives.
 *
 * @param name what archives in it are called by: one name without {@code /}
 * @param path absolute; it may be a link, or lead through links, itself
 * @param writable whether archives may be put there and removed
 */
public record CatalogFolder(String name, Path path, boolean writable) {
  public CatalogFolder {
    if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException("catalog folder must have a name, name=" + name);
    }
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("catalog folder must be absolute, path=" + path);
    }
  }
}
