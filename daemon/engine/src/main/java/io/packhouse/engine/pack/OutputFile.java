package io.packhouse.engine.pack;

import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.pack.PackException.Reason;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears under its name only when it is whole and durable: written beside it as {@code
 * .NAME.RANDOM.packing}, forced, renamed, and the directory forced; all of that by the open
 * directory of its {@link OutputPlace}.
 *
 * <p>While it is written it is locked. Leftovers of killed processes have lost their lock, so the
 * next pack to the same name deletes them. Where a process loses its lock on a file when it closes
 * any handle of that file (see {@link OpenFile#tryLock}), it must never open those that it is
 * writing.
 */
public final class OutputFile implements ArchiveOutput {
  private static final byte[] SUFFIX = ".packing".getBytes(StandardCharsets.US_ASCII);
  private static final int RANDOM_DIGITS = 16;

  /** As the umask of the process has it. */
  private static final int MODE = 0666;

  /** What this process is writing; the random part tells names apart, in whatever directory. */
  private static final Set<String> LIVE = ConcurrentHashMap.newKeySet();

  private final OutputPlace place;
  private final boolean replace;
  private final byte[] temporary;
  private final OpenFile file;
  private final EarlyForce earlyForce;
  private long length;
  private boolean committed;
  private boolean closed;

  private OutputFile(OutputPlace place, boolean replace, byte[] temporary, OpenFile file) {
    this.place = place;
    this.replace = replace;
    this.temporary = temporary;
    this.file = file;
    this.earlyForce = new EarlyForce(file);
  }

  /**
   * Begins a file where a user wants it.
   *
   * @param replace whether an existing file may be replaced
   * @throws PackException if there is one and it may not, or the directory cannot take it
   */
  public static OutputFile create(Path target, boolean replace) throws IOException {
    return create(PathPlace.of(target), replace);
  }

  /**
   * Begins a file.
   *
   * @param place closed with the file, or if this fails
   * @param replace whether an existing file may be replaced
   * @throws PackException if there is one and it may not, or the directory cannot take it
   */
  public static OutputFile create(OutputPlace place, boolean replace) throws IOException {
    try {
      refuseExisting(place, replace);
      sweep(place.directory(), place.name());
      while (true) {
        OutputFile file = begin(place, replace);
        if (file != null) {
          return file;
        }
      }
    } catch (FileErrorException e) {
      place.close();
      throw new PackException(
          Reason.OUTPUT, place.display() + ": cannot write there: " + e.reason(), e);
    } catch (Throwable e) {
      place.close();
      throw e;
    }
  }

  /** Creates and locks; null where a sweep came in between, which no longer can afterwards. */
  private static @Nullable OutputFile begin(OutputPlace place, boolean replace) throws IOException {
    byte[] temporary = temporaryName(place.name());
    LIVE.add(PathText.display(temporary));
    OpenFile file;
    try {
      file = place.directory().createFile(temporary, MODE);
    } catch (Throwable e) {
      LIVE.remove(PathText.display(temporary));
      throw e;
    }
    OutputFile output = new OutputFile(place, replace, temporary, file);
    try {
      if (lock(file) && isThere(place.directory(), temporary)) {
        return output;
      }
    } catch (Throwable e) {
      output.discard();
      throw e;
    }
    output.discard();
    return null;
  }

  private static byte[] temporaryName(byte[] name) {
    byte[] random =
        HexFormat.of()
            .toHexDigits(ThreadLocalRandom.current().nextLong())
            .getBytes(StandardCharsets.US_ASCII);
    byte[] temporary = Arrays.copyOf(prefix(name), name.length + 2 + RANDOM_DIGITS + SUFFIX.length);
    System.arraycopy(random, 0, temporary, name.length + 2, RANDOM_DIGITS);
    System.arraycopy(SUFFIX, 0, temporary, name.length + 2 + RANDOM_DIGITS, SUFFIX.length);
    return temporary;
  }

  private static byte[] prefix(byte[] name) {
    byte[] prefix = new byte[name.length + 2];
    prefix[0] = '.';
    System.arraycopy(name, 0, prefix, 1, name.length);
    prefix[name.length + 1] = '.';
    return prefix;
  }

  /**
   * False where a sweep has a lock. A lock only tells live temporary files from dead ones, so a
   * file system without is fine: no sweep can take one there, and leaves the file alone.
   */
  private static boolean lock(OpenFile file) {
    try {
      return file.tryLock(false);
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean isThere(OpenDirectory directory, byte[] name) throws IOException {
    try {
      directory.status(name);
      return true;
    } catch (FileErrorException e) {
      if (e.isNotFound()) {
        return false;
      }
      throw e;
    }
  }

  /** Renaming over a device would replace its node, for everybody. */
  private static void refuseExisting(OutputPlace place, boolean replace) throws IOException {
    FileKind existing = place.existing();
    if (existing == FileKind.DIRECTORY) {
      throw new PackException(
          Reason.OUTPUT, place.display() + " is a directory; name a file", null);
    }
    if (existing != null && !replace) {
      throw new PackException(
          Reason.OUTPUT, place.display() + " exists; use --force to replace it", null);
    }
    if (existing != null && existing != FileKind.FILE) {
      throw new PackException(
          Reason.OUTPUT,
          place.display() + " is no regular file; write to a pipe or device with -",
          null);
    }
  }

  /**
   * Deletes what writers of a file left when their process was killed. The next one to the same
   * place does so too.
   *
   * @throws IOException if the directory cannot be listed
   */
  public static void sweep(OutputPlace place) throws IOException {
    sweep(place.directory(), place.name());
  }

  private static void sweep(OpenDirectory directory, byte[] name) throws IOException {
    byte[] prefix = prefix(name);
    DirectoryListing children = directory.list();
    int first = children.find(prefix);
    for (int i = first < 0 ? -1 - first : first; i < children.size(); i++) {
      byte[] child = children.name(i);
      if (!startsWith(child, prefix)) {
        break;
      }
      if (child.length == prefix.length + RANDOM_DIGITS + SUFFIX.length && isTemporary(child)) {
        deleteUnlessLocked(directory, child);
      }
    }
  }

  private static boolean startsWith(byte[] name, byte[] prefix) {
    return name.length >= prefix.length
        && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static boolean isTemporary(byte[] name) {
    int from = name.length - SUFFIX.length;
    return Arrays.equals(name, from, name.length, SUFFIX, 0, SUFFIX.length);
  }

  private static void deleteUnlessLocked(OpenDirectory directory, byte[] leftover)
      throws IOException {
    try {
      if (LIVE.contains(PathText.display(leftover))
          || directory.status(leftover).kind() != FileKind.FILE) {
        return;
      }
      try (OpenFile file = directory.openFile(leftover)) {
        // Looked at again, to be sure: whoever may write there may have put something else.
        if (file.status().kind() == FileKind.FILE && file.tryLock(true)) {
          directory.delete(leftover, false);
        }
      }
    } catch (FileErrorException e) {
      // It is gone, or another user's, or there are no locks: not ours to delete.
      System.getLogger(OutputFile.class.getName())
          .log(System.Logger.Level.DEBUG, "left " + directory.displayPath(leftover), e);
    }
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    try {
      file.write(MemorySegment.ofBuffer(bytes), 0, count, length);
    } catch (IOException e) {
      throw failed(e);
    }
    bytes.position(bytes.limit());
    length += count;
    earlyForce.written(count);
  }

  @Override
  public void commit() throws IOException {
    try {
      earlyForce.close();
      file.force();
      refuseExisting(place, replace);
      place.requireUnmoved();
      place.directory().rename(temporary, place.directory(), place.name());
      committed = true;
      place.directory().force();
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
    String reason =
        switch (e) {
          case FileErrorException error -> error.reason();
          case FileSystemException error when error.getReason() != null -> error.getReason();
          default -> String.valueOf(e.getMessage());
        };
    return new PackException(
        Reason.OUTPUT,
        place.display() + ": cannot write it: " + reason + "; nothing was left behind",
        e);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (place) {
      discard();
    }
  }

  /** Closes the file, and deletes it unless it has got its name. */
  private void discard() throws IOException {
    try (file;
        earlyForce) {
      if (!committed) {
        place.directory().delete(temporary, false);
      }
    } catch (FileErrorException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    } finally {
      LIVE.remove(PathText.display(temporary));
    }
  }
}
