package io.packhouse.server.catalog;

import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The archives in the configured folders. Thread-safe. */
public interface Catalog extends AutoCloseable {

  /**
   * Opens an archive, or shares it with who has it open. A file that was replaced is opened anew.
   *
   * @throws NoSuchFileException if there is no such folder or file
   * @throws io.packhouse.engine.format.CorruptArchiveException if it is damaged
   * @throws io.packhouse.engine.format.UnsupportedFormatException if it needs a newer reader
   * @throws IOException if it cannot be read
   */
  ArchiveLease open(ArchiveName name) throws IOException;

  /**
   * Opens an archive for one user alone, who closes it, which is how long reads are ended.
   *
   * @throws IOException as {@link #open} does
   */
  ArchiveReader openAlone(ArchiveName name) throws IOException;

  /**
   * Where an archive is to be written; directories of its path are made.
   *
   * @throws NoSuchFileException if there is no such folder
   * @throws IOException if directories cannot be made, or a link would lead out of the folder
   */
  Path pathForWriting(ArchiveName name) throws IOException;

  /** To be called when an archive was written or removed, so that it is seen at once. */
  void changed(ArchiveName name);

  @Override
  void close();
}
