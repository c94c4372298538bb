package io.packhouse.server.catalog;

import java.nio.file.FileSystemException;

/** There is another archive of that name than the one that was meant. */
public final class OtherArchiveException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  /** There is another one, or was for a moment. */
  OtherArchiveException(ArchiveName name, String problem) {
    super(name.toString(), null, problem);
  }

  /**
   * @param expected its id
   * @param found what is there; empty where that is no archive
   */
  public OtherArchiveException(ArchiveName name, String expected, String found) {
    super(
        name.toString(),
        null,
        "expected archive "
            + expected
            + ", found "
            + (found.isEmpty() ? "one that cannot be read" : found));
  }
}
