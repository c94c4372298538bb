package io.packhouse.server.catalog;

import io.packhouse.engine.pack.OutputPlace;
import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

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
   * Opens where an archive is to be written; directories of its path are made. Whoever takes a
   * request for it has this say at once what is wrong with the name; whoever writes opens it again.
   *
   * @return the caller's to close
   * @throws NoSuchFileException if there is no such folder
   * @throws IOException if directories cannot be made, or a link is on the way
   */
  OutputPlace place(ArchiveName name) throws IOException;

  /** To be called when an archive was written or removed, so that it is seen at once. */
  void changed(ArchiveName name);

  @Override
  void close();
}
