package io.packhouse.engine.format;

import java.io.IOException;
import java.nio.file.Path;

/** An archive, or an entry of it, needs a newer reader than this one. It is not damaged. */
public final class UnsupportedFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what this reader lacks, and what to do
   */
  public UnsupportedFormatException(Path path, String problem) {
    super(path + ": " + problem);
  }
}
