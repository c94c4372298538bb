package io.packhouse.engine.extract;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.spi.PackageFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The regular files of one tree, for extractors that ask for siblings: those on disk, whether they
 * are packed or not. Every name is opened in the directory before it and no link is followed, so
 * that nothing outside of the tree is reached. Thread-safe.
 *
 * <p>Of a tree that comes from elsewhere, there are only the files near one that is looked at: what
 * else is asked for is counted.
 */
public final class TreeFiles {
  /** Larger files are read as they are asked for, and are no matter for the cache. */
  static final int MAX_CACHED_BYTES = 256 << 10;

  /** Null where the tree comes from elsewhere. */
  private final @Nullable OpenDirectory root;

  private final AtomicLong unseen = new AtomicLong();
  private final String prefix;
  private final SiblingCache cache;
  private final SiblingDigests digests;

  /**
   * @param root stays the caller's, open for as long as this is used; null where the tree comes
   *     from elsewhere
   * @param mount the name of the directory in the archive that takes the tree, null for none
   * @param cache may serve several trees of different mounts
   * @param digests likewise
   */
  public TreeFiles(
      @Nullable OpenDirectory root,
      @Nullable String mount,
      SiblingCache cache,
      SiblingDigests digests) {
    this.root = root;
    this.prefix = mount == null ? "" : mount + "/";
    this.cache = cache;
    this.digests = digests;
  }

  /** Whether siblings that are not near cannot be looked at. */
  boolean isElsewhere() {
    return root == null;
  }

  /** Counts an extraction that has asked for such a one. */
  void addUnseen() {
    unseen.incrementAndGet();
  }

  /** Extractions that have asked for siblings which could not be looked at. */
  public long unseen() {
    return unseen.get();
  }

  /** What one extraction may have digested. */
  SiblingDigests.Budget newDigestBudget() {
    return new SiblingDigests.Budget(digests);
  }

  /**
   * The path that a relative one leads to, by its names alone.
   *
   * @param path of a file of the tree, its mount before it
   * @return such a path too; null where it would lead out of the tree or is none
   */
  @Nullable String resolve(String path, String relativePath) {
    if (!path.startsWith(prefix)
        || relativePath.startsWith("/")
        || relativePath.length() > ArchiveFormat.MAX_PATH_LENGTH) {
      return null;
    }
    List<String> names = names(path.substring(prefix.length()));
    names.removeLast();
    for (String name : names(relativePath)) {
      if (name.equals("..")) {
        if (names.isEmpty()) {
          return null;
        }
        names.removeLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names.isEmpty() ? null : prefix + String.join("/", names);
  }

  private static List<String> names(String path) {
    return new ArrayList<>(Arrays.asList(path.split("/", -1)));
  }

  /**
   * A file of the tree.
   *
   * @param path as {@link #resolve} gives it
   * @param held takes what is to be closed after the extraction
   * @return null where there is no regular file
   */
  @Nullable PackageFile open(String path, List<Closeable> held) throws IOException {
    if (root == null) {
      return null;
    }
    SiblingCache.Known known = cache.find(path);
    if (known != null) {
      ByteBuffer contents = known.contents();
      return contents == null ? null : PackageFile.of(path, contents);
    }
    OpenFile file = openOrNull(path);
    if (file == null) {
      cache.put(path, new SiblingCache.Known(null));
      return null;
    }
    boolean kept = false;
    try {
      FileStatus status = file.status();
      if (status.kind() != FileKind.FILE) {
        cache.put(path, new SiblingCache.Known(null));
        return null;
      }
      if (status.size() > MAX_CACHED_BYTES) {
        held.add(file);
        kept = true;
        return new OpenFileView(path, file, status.size());
      }
      ByteBuffer bytes = read(file, path, (int) status.size());
      cache.put(path, new SiblingCache.Known(bytes));
      return PackageFile.of(path, bytes);
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  /**
   * The digest of a file of the tree.
   *
   * @param path as {@link #resolve} gives it
   * @param nearby what need not be read
   * @return null where there is no regular file, or the budget has no room for it
   */
  byte @Nullable [] digest(
      String path, NearbyFiles nearby, DigestAlgorithm algorithm, SiblingDigests.Budget budget)
      throws IOException {
    // Elsewhere it would depend on time what is known.
    SiblingDigests.Known known = root == null ? null : digests.find(path, algorithm);
    if (known != null) {
      return budget.take(known.size()) ? known.digest().clone() : null;
    }
    PackageFile near = nearby.find(path);
    if (near != null) {
      return budget.take(near.size())
          ? digests.compute(path, near.slice(0, (int) near.size()), algorithm)
          : null;
    }
    if (root == null) {
      return null;
    }
    SiblingCache.Known cached = cache.find(path);
    if (cached != null) {
      ByteBuffer contents = cached.contents();
      return contents != null && budget.take(contents.capacity())
          ? digests.compute(path, contents, algorithm)
          : null;
    }
    OpenFile file = openOrNull(path);
    if (file == null) {
      cache.put(path, new SiblingCache.Known(null));
      return null;
    }
    try (file) {
      FileStatus status = file.status();
      return status.kind() == FileKind.FILE && budget.take(status.size())
          ? digests.compute(path, file, status.size(), algorithm)
          : null;
    }
  }

  private static ByteBuffer read(OpenFile file, String path, int size) throws IOException {
    byte[] bytes = new byte[size];
    int read = file.read(MemorySegment.ofArray(bytes), 0, size, 0);
    if (read < size) {
      throw new IOException(path + ": ends early, at " + read);
    }
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  private @Nullable OpenFile openOrNull(String path) throws IOException {
    OpenDirectory from = root;
    if (from == null) {
      return null;
    }
    Deque<byte[]> names = new ArrayDeque<>();
    for (String name : path.substring(prefix.length()).split("/", -1)) {
      byte[] bytes = nameOrNull(name);
      if (bytes == null) {
        return null;
      }
      names.add(bytes);
    }
    byte[] last = names.removeLast();
    OpenDirectory directory = from.share();
    try {
      for (byte[] name : names) {
        OpenDirectory next = directory.openDirectory(name);
        directory.close();
        directory = next;
      }
      // Opening a FIFO or a device would touch it.
      return directory.status(last).kind() == FileKind.FILE ? directory.openFile(last) : null;
    } catch (FileErrorException e) {
      if (e.isNotFound() || e.isLoop() || e.errno() == Errno.ENAMETOOLONG) {
        return null;
      }
      throw e;
    } finally {
      directory.close();
    }
  }

  private static byte @Nullable [] nameOrNull(String name) {
    try {
      byte[] bytes = PathText.bytes(name);
      return PathText.isName(bytes) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null; // no text that a file system could hold
    }
  }
}
