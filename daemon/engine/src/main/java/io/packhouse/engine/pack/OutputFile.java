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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears under its name only when it is whole and durable: written beside it as {@code
 * .NAME.RANDOM.packing}, forced, renamed, and the directory forced.
 *
 * <p>While it is written it is locked. Leftovers of killed processes have lost their lock, so the
 * next pack to the same name deletes them. A process loses its lock on a file when it closes any
 * channel of that file, so it never opens those that it is writing.
 */
public final class OutputFile implements ArchiveOutput {
  private static final String SUFFIX = ".packing";

  /** What this process is writing. */
  private static final Set<Path> LIVE = ConcurrentHashMap.newKeySet();

  private final Path target;
  private final Path directory;
  private final boolean replace;
  private final Path temporary;
  private final FileChannel channel;
  private final EarlyForce earlyForce;
  private boolean committed;

  private OutputFile(
      Path target, Path directory, boolean replace, Path temporary, FileChannel channel) {
    this.target = target;
    this.directory = directory;
    this.replace = replace;
    this.temporary = temporary;
    this.channel = channel;
    this.earlyForce = new EarlyForce(channel);
  }

  /**
   * Begins a file.
   *
   * @param replace whether an existing file may be replaced
   * @throws PackException if there is one and it may not, or the directory cannot take it
   */
  public static OutputFile create(Path target, boolean replace) throws IOException {
    refuseExisting(target, replace);
    Path absolute = target.toAbsolutePath();
    Path directory = absolute.getParent();
    Path name = absolute.getFileName();
    if (directory == null || name == null) {
      throw new PackException(Reason.OUTPUT, target + ": not a file name", null);
    }
    try {
      Path real = directory.toRealPath();
      sweep(real, name);
      while (true) {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path temporary = real.resolve("." + name + "." + random + SUFFIX);
        OutputFile file = begin(target, real, replace, temporary);
        // A sweep may have come between creating and locking; after that none does.
        if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
          return file;
        }
        file.close();
      }
    } catch (NoSuchFileException e) {
      throw new PackException(
          Reason.OUTPUT, target + ": there is no directory " + directory + "; create it first", e);
    } catch (FileSystemException e) {
      throw new PackException(Reason.OUTPUT, target + ": cannot write there: " + reason(e), e);
    }
  }

  private static OutputFile begin(Path target, Path directory, boolean replace, Path temporary)
      throws IOException {
    LIVE.add(temporary);
    try {
      FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE, READ);
      lock(channel);
      return new OutputFile(target, directory, replace, temporary, channel);
    } catch (Throwable e) {
      LIVE.remove(temporary);
      throw e;
    }
  }

  /** Renaming over a device would replace its node, for everybody. */
  private static void refuseExisting(Path target, boolean replace) throws PackException {
    if (Files.isDirectory(target)) {
      throw new PackException(Reason.OUTPUT, target + " is a directory; name a file", null);
    }
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!replace) {
      throw new PackException(Reason.OUTPUT, target + " exists; use --force to replace it", null);
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new PackException(
          Reason.OUTPUT, target + " is no regular file; write to a pipe or device with -", null);
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

  /** Deletes leftovers of a file; none where there is no such directory. */
  static void sweep(Path target) throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    Path name = target.getFileName();
    if (directory != null && name != null && Files.isDirectory(directory)) {
      sweep(directory.toRealPath(), name);
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
    if (LIVE.contains(leftover) || !Files.isRegularFile(leftover, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
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
    int length = bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    earlyForce.written(length);
  }

  @Override
  public void commit() throws IOException {
    try {
      earlyForce.close();
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
        Reason.OUTPUT, target + ": cannot write it: " + reason(e) + "; nothing was left behind", e);
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
    try (channel;
        earlyForce) {
      if (!committed) {
        Files.deleteIfExists(temporary);
      }
    } finally {
      LIVE.remove(temporary);
    }
  }
}
