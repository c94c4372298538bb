package io.packhouse.engine.pack;

import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.pack.PackException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a file is to appear: a name in an open directory. All that is done there goes by the open
 * directory, so whoever may rename directories on this machine cannot have it done elsewhere by
 * putting a link in between. For one thread at a time.
 */
public interface OutputPlace extends Closeable {

  /** What messages call the file. */
  String display();

  /** The path of the file as it was found, to compare with others; never to write to. */
  Path path();

  /** The directory; closed with this. */
  OpenDirectory directory();

  /** The name of the file in the directory, as the file system has it. */
  byte[] name();

  /**
   * What has that name now.
   *
   * @return FILE for what may be replaced; null for nothing
   * @throws IOException if it cannot be told, or is nothing that may be there
   */
  @Nullable FileKind existing() throws IOException;

  /**
   * Opens the directory that the path leads to now, which is the caller's to close.
   *
   * @throws IOException if there is none any more, or the path leads to it in a forbidden way
   */
  OpenDirectory reopen() throws IOException;

  /**
   * To be called right before the file gets its name: an archive in a directory that was moved away
   * would be where nobody looks for it.
   *
   * @throws PackException if the path does not lead to the directory any more
   */
  default void requireUnmoved() throws IOException {
    String now;
    try (OpenDirectory directory = reopen()) {
      if (directory.status().isSameFile(directory().status())) {
        return;
      }
      now = "another directory is there";
    } catch (FileErrorException e) {
      now = e.reason();
    } catch (FileSystemException e) {
      now = e.getReason() == null ? "it is gone" : e.getReason();
    }
    throw new PackException(
        Reason.OUTPUT,
        display()
            + ": its directory was moved or replaced while the file was written ("
            + now
            + "); nothing was left behind. See who may rename directories there, and try again",
        null);
  }
}
