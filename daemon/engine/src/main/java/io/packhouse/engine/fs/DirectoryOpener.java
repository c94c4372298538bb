package io.packhouse.engine.fs;

import java.io.IOException;
import java.nio.file.Path;

/** Opens directories that are named by paths, such as only those that a caller may name. */
@FunctionalInterface
public interface DirectoryOpener {

  /**
   * Opens a directory.
   *
   * @return to be closed by who asked
   * @throws FileErrorException where it cannot be opened
   */
  OpenDirectory open(Path directory) throws IOException;
}
