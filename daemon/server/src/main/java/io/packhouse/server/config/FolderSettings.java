package io.packhouse.server.config;

import io.packhouse.server.catalog.CatalogFolder;
import java.nio.file.Path;

/**
 * A folder of the catalog.
 *
 * @param path absolute
 * @param writable whether archives may be put there and removed
 */
public record FolderSettings(Path path, boolean writable) {
  public FolderSettings {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("path must be absolute: " + path);
    }
  }

  /** The folder under its name. */
  CatalogFolder named(String name) {
    return new CatalogFolder(name, path, writable);
  }
}
