package io.packhouse.engine.pack;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.packhouse.engine.pack.PackException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears under its name only when it is whole and durable: written beside it as {@code
 * .NAME.RANDOM.packing}, forced, renamed, and the directory forced.
 *
 * <p>While it is written it is locked. Leftovers of killed processes have lost their lock, so the
 * next pack to the same name deletes them.
 */
final class OutputFile implements ArchiveOutput {
  private static final String SUFFIX = ".packing";

  private final Path target;
  private final Path directory;
  private final boolean replace;
  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  private OutputFile(
      Path target, Path directory, boolean replace, Path temporary, FileChannel channel) {
    this.target = target;
    this.directory = directory;
    this.replace = replace;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Begins a file.
   *
   * @param replace whether an existing file may be replaced
   * @throws PackException if there is one and it may not, or the directory cannot take it
   */
  static OutputFile create(Path target, boolean replace) throws IOException {
    refuseExisting(target, replace);
    Path absolute = target.toAbsolutePath();
    Path directory = absolute.getParent();
    Path name = absolute.getFileName();
    if (directory == null || name == null) {
      throw new PackException(Reason.OUTPUT, target + ": not a file name for an archive", null);
    }
    try {
      sweep(directory, name);
      String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      Path temporary = directory.resolve("." + name + "." + random + SUFFIX);
      FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE, READ);
      lock(channel);
      return new OutputFile(target, directory, replace, temporary, channel);
    } catch (NoSuchFileException e) {
      throw new PackException(
          Reason.OUTPUT, target + ": there is no directory " + directory + "; create it first", e);
    } catch (FileSystemException e) {
      throw new PackException(Reason.OUTPUT, target + ": cannot write there: " + reason(e), e);
    }
  }

  private static void refuseExisting(Path target, boolean replace) throws PackException {
    if (Files.isDirectory(target)) {
      throw new PackException(Reason.OUTPUT, target + " is a directory; name a file", null);
    }
    if (!replace && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new PackException(Reason.OUTPUT, target + " exists; use --force to replace it", null);
    }
  }

  /** A lock only tells live temporary files from dead ones, so a file system without is fine. */
  @SuppressWarnings("EmptyCatch")
  private static void lock(FileChannel channel) {
    try {
      channel.tryLock();
    } catch (IOException e) {
      // No locks here: the sweep cannot take one either and leaves the file alone.
    }
  }

  private static void sweep(Path directory, Path name) throws IOException {
    String prefix = "." + name + ".";
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(
            directory,
            path -> {
              String leaf = String.valueOf(path.getFileName());
              return leaf.startsWith(prefix)
                  && leaf.endsWith(SUFFIX)
                  && leaf.length() == prefix.length() + 16 + SUFFIX.length();
            })) {
      for (Path leftover : leftovers) {
        deleteUnlessLocked(leftover);
      }
    }
  }

  private static void deleteUnlessLocked(Path leftover) throws IOException {
    try (FileChannel channel = FileChannel.open(leftover, WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        Files.deleteIfExists(leftover);
      }
    } catch (OverlappingFileLockException | FileSystemException e) {
      // Another pack of this process, or another user's file: not ours to delete.
      System.getLogger(OutputFile.class.getName())
          .log(System.Logger.Level.DEBUG, "left " + leftover, e);
    }
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      channel.force(true);
      refuseExisting(target, replace);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      committed = true;
      try (FileChannel parent = FileChannel.open(directory, READ)) {
        parent.force(true);
      }
    } catch (PackException e) {
      throw e;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private IOException failed(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return e;
    }
    return new PackException(
        Reason.OUTPUT,
        target + ": cannot write the archive: " + reason(e) + "; nothing was left behind",
        e);
  }

  private static String reason(IOException e) {
    if (e instanceof FileSystemException fileSystem) {
      String reason = fileSystem.getReason();
      return reason != null
          ? reason
          : e instanceof FileAlreadyExistsException ? "it exists" : e.getClass().getSimpleName();
    }
    return String.valueOf(e.getMessage());
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      if (!committed) {
        Files.deleteIfExists(temporary);
      }
    }
  }
}
