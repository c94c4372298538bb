package io.packhouse.engine.extract;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.TreeAccess.UnseenException;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.spi.PackageFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The regular files of one tree, for extractors that ask for siblings: those on disk, whether they
 * are packed or not, or those that whoever has the tree tells of. No link is followed, so that
 * nothing outside of the tree is reached. Thread-safe.
 *
 * <p>Of a tree that comes from elsewhere, and nobody tells of, there are only the files near one
 * that is looked at: what else is asked for is counted.
 */
public final class TreeFiles {
  /** Larger files are read as they are asked for, and are no matter for the cache. */
  static final int MAX_CACHED_BYTES = 256 << 10;

  private final TreeAccess access;

  /** Whether there is more to be seen than what is near. */
  private final boolean isTold;

  private final AtomicLong unseen = new AtomicLong();
  private final String prefix;
  private final SiblingCache cache;
  private final SiblingDigests digests;

  private TreeFiles(
      TreeAccess access,
      boolean isTold,
      String prefix,
      SiblingCache cache,
      SiblingDigests digests) {
    this.access = access;
    this.isTold = isTold;
    this.prefix = prefix;
    this.cache = cache;
    this.digests = digests;
  }

  /**
   * Those on disk.
   *
   * @param root stays the caller's, open for as long as this is used
   * @param mount the name of the directory in the archive that takes the tree, null for none
   * @param cache may serve several trees of different mounts
   * @param digests likewise
   */
  public TreeFiles(
      OpenDirectory root, @Nullable String mount, SiblingCache cache, SiblingDigests digests) {
    this(new DiskTree(root, prefix(mount), digests), true, prefix(mount), cache, digests);
  }

  /**
   * Those of a tree that comes from elsewhere.
   *
   * @param source tells of them; null where nobody does
   * @param mount as of those on disk
   * @param cache likewise
   * @param digests likewise
   */
  public static TreeFiles elsewhere(
      @Nullable SiblingSource source,
      @Nullable String mount,
      SiblingCache cache,
      SiblingDigests digests) {
    TreeAccess access = source == null ? TreeAccess.NONE : new AskedTree(source, digests);
    return new TreeFiles(access, source != null, prefix(mount), cache, digests);
  }

  private static String prefix(@Nullable String mount) {
    return mount == null ? "" : mount + "/";
  }

  /** Counts an extraction that has asked for siblings which could not be looked at. */
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
   * @throws UnseenException where there may be one, which cannot be looked at
   */
  @Nullable PackageFile open(String path, List<Closeable> held) throws IOException {
    SiblingCache.Known known = cache.find(path);
    if (known != null) {
      ByteBuffer contents = known.seenContents();
      return contents == null ? null : PackageFile.of(path, contents);
    }
    TreeAccess.Opened file;
    try {
      file = access.open(path, MAX_CACHED_BYTES);
    } catch (UnseenException e) {
      cache.put(path, SiblingCache.Known.UNSEEN);
      throw e;
    }
    if (file == null) {
      cache.put(path, SiblingCache.Known.ABSENT);
      return null;
    }
    if (file.size() > MAX_CACHED_BYTES) {
      held.add(file);
      return file.view();
    }
    try (file) {
      ByteBuffer bytes = file.contents();
      cache.put(path, new SiblingCache.Known(bytes));
      return PackageFile.of(path, bytes);
    }
  }

  /**
   * The digest of a file of the tree.
   *
   * @param path as {@link #resolve} gives it
   * @param nearby what need not be read
   * @return null where there is no regular file, or the budget has no room for it
   * @throws UnseenException where there may be a file, which cannot be looked at
   */
  byte @Nullable [] digest(
      String path, NearbyFiles nearby, DigestAlgorithm algorithm, SiblingDigests.Budget budget)
      throws IOException {
    // Where there is no asking, it would depend on time what is known.
    SiblingDigests.Known known = isTold ? digests.find(path, algorithm) : null;
    if (known != null) {
      return budget.take(known.size()) ? known.digest().clone() : null;
    }
    PackageFile near = nearby.find(path);
    if (near != null) {
      return budget.take(near.size())
          ? digests.compute(path, near.slice(0, (int) near.size()), algorithm)
          : null;
    }
    SiblingCache.Known cached = cache.find(path);
    if (cached != null) {
      ByteBuffer contents = cached.seenContents();
      return contents != null && budget.take(contents.capacity())
          ? digests.compute(path, contents, algorithm)
          : null;
    }
    try (TreeAccess.Opened file = access.openForDigest(path, algorithm, budget.largest())) {
      if (file == null) {
        cache.put(path, SiblingCache.Known.ABSENT);
        return null;
      }
      return budget.take(file.size()) ? file.digest() : null;
    }
  }
}
