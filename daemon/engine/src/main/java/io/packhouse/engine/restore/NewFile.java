package io.packhouse.engine.restore;

import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file being written: new under its name, or, where something has that name and may be replaced,
 * under another one until it is whole. Never writes into a file that was there. Kept or discarded
 * by one thread.
 */
final class NewFile {
  private static final AtomicLong COUNTER = new AtomicLong();
  private static final int ATTEMPTS = 100;

  private final OpenDirectory directory;
  private final byte[] name;
  private final byte[] writtenName;
  private final boolean temporary;
  final OpenFile file;

  private NewFile(
      OpenDirectory directory, byte[] name, byte[] writtenName, boolean temporary, OpenFile file) {
    this.directory = directory;
    this.name = name;
    this.writtenName = writtenName;
    this.temporary = temporary;
    this.file = file;
  }

  /**
   * @param directory stays the caller's, and open until this is kept or discarded
   * @throws FileErrorException if the name is taken, and not to be replaced
   */
  static NewFile create(OpenDirectory directory, byte[] name, int mode, boolean force)
      throws IOException {
    try {
      return new NewFile(directory, name, name, false, directory.createFile(name, mode));
    } catch (FileErrorException e) {
      if (!force || !e.isExists()) {
        throw e;
      }
    }
    FileErrorException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      byte[] other = temporaryName();
      try {
        return new NewFile(directory, name, other, true, directory.createFile(other, mode));
      } catch (FileErrorException e) {
        if (!e.isExists()) {
          throw e;
        }
        last = e;
      }
    }
    throw Objects.requireNonNull(last);
  }

  private static byte[] temporaryName() {
    long pid = ProcessHandle.current().pid();
    String text = ".packhouse-restore-" + pid + '-' + COUNTER.incrementAndGet();
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Completes the file, which then has its name; discards it where that fails. */
  void keep(Attributes attributes, Entry entry, boolean sync) throws IOException {
    try {
      attributes.applyToFile(file, entry);
      if (sync) {
        file.force();
      }
      file.close();
      if (temporary) {
        directory.rename(writtenName, directory, name);
      }
    } catch (Throwable t) {
      discard(t);
      throw t;
    }
  }

  /** Removes the file, whatever state it is in, because of {@code reason}. */
  void discard(Throwable reason) {
    try {
      file.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
    try {
      directory.delete(writtenName, false);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
