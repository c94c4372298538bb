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
import java.util.Objects;
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

  /** BLAKE3 of bytes in memory, as far as the buffer's capacity. */
  byte[] blake3(ByteBuffer bytes) {
    return digests.blake3(bytes);
  }

  /** Whether there is more to be seen of it than what is near. */
  boolean isTold() {
    return isTold;
  }

  /** Whether the tree is on this machine's disks. */
  boolean isOnDisk() {
    return access instanceof DiskTree;
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
   * @param file itself
   * @param blake3 of its contents, not to be changed; null where it is not in memory
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  record Sibling(PackageFile file, byte @Nullable [] blake3) {}

  /**
   * Opens a file of the tree.
   *
   * @param path as {@link #resolve} gives it
   * @param held takes what is to be closed after the extraction
   * @return null where there is no regular file
   * @throws UnseenException where there may be one, which cannot be looked at
   */
  @Nullable Sibling open(String path, List<Closeable> held) throws IOException {
    SiblingCache.Known known = cache.find(path);
    if (known != null) {
      ByteBuffer contents = known.seenContents();
      return contents == null ? null : new Sibling(PackageFile.of(path, contents), known.blake3());
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
      return new Sibling(file.view(), null);
    }
    try (file) {
      SiblingCache.Known read = load(file, path);
      return new Sibling(
          PackageFile.of(path, Objects.requireNonNull(read.contents())), read.blake3());
    }
  }

  /**
   * What is told of a file whose digest is asked for.
   *
   * @param digest null where the budget has no room for it
   * @param blake3 of the same contents; null where {@code digest} is, or the file is large
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  record Digested(long size, byte @Nullable [] digest, byte @Nullable [] blake3) {}

  /**
   * The digest of a file of the tree.
   *
   * @param path as {@link #resolve} gives it
   * @param nearby what need not be read
   * @return null where there is no regular file
   * @throws UnseenException where there may be one, which cannot be looked at
   */
  @Nullable Digested digest(
      String path, NearbyFiles nearby, DigestAlgorithm algorithm, SiblingDigests.Budget budget)
      throws IOException {
    // Where there is no asking, it would depend on time what is known.
    SiblingDigests.Known known = isTold ? digests.find(path, algorithm) : null;
    if (known != null) {
      return budget.take(known.size()) ? digested(known) : tooLarge(known.size());
    }
    PackageFile near = nearby.find(path);
    if (near != null) {
      if (!budget.take(near.size())) {
        return tooLarge(near.size());
      }
      ByteBuffer contents = near.slice(0, (int) near.size());
      return digested(digests.compute(path, contents, nearby.blake3(path), algorithm));
    }
    SiblingCache.Known cached = cache.find(path);
    if (cached != null) {
      ByteBuffer contents = cached.seenContents();
      if (contents == null || !budget.take(contents.capacity())) {
        return contents == null ? null : tooLarge(contents.capacity());
      }
      return digested(digests.compute(path, contents, cached.blake3(), algorithm));
    }
    try (TreeAccess.Opened file = access.openForDigest(path, algorithm, budget.largest())) {
      if (file == null) {
        cache.put(path, SiblingCache.Known.ABSENT);
        return null;
      }
      return budget.take(file.size()) ? digested(file.digest()) : tooLarge(file.size());
    }
  }

  private static Digested digested(SiblingDigests.Known known) {
    return new Digested(known.size(), known.digest(), known.blake3());
  }

  private static Digested tooLarge(long size) {
    return new Digested(size, null, null);
  }

  /**
   * What a file of the tree is.
   *
   * @param path of any kind, since an archive says it
   * @param most bytes of contents to read; −1 where the size is enough
   * @return null where it cannot be told without reading more
   */
  SiblingNotes.@Nullable State state(String path, long most, NearbyFiles nearby)
      throws IOException {
    if (!path.startsWith(prefix)) {
      return null;
    }
    boolean contents = most >= 0;
    PackageFile near = nearby.find(path);
    if (near != null) {
      byte[] digest = nearby.blake3(path);
      return contents && digest == null
          ? null
          : new SiblingNotes.State(near.size(), contents ? digest : null);
    }
    SiblingCache.Known known = cache.find(path);
    if (known == null) {
      try (TreeAccess.Opened file = access.open(path, MAX_CACHED_BYTES)) {
        if (file == null) {
          cache.put(path, SiblingCache.Known.ABSENT);
          return SiblingNotes.State.NONE;
        }
        long size = file.size();
        if (!contents) {
          return new SiblingNotes.State(size, null);
        }
        if (size > Math.min(most, SiblingDigests.DEFAULT_FILE_BYTES)) {
          return null;
        }
        if (size > MAX_CACHED_BYTES) {
          return new SiblingNotes.State(size, digests.blake3(file.contents()));
        }
        known = load(file, path);
      }
    }
    ByteBuffer bytes = known.seenContents();
    return bytes == null
        ? SiblingNotes.State.NONE
        : new SiblingNotes.State(bytes.capacity(), contents ? known.blake3() : null);
  }

  private SiblingCache.Known load(TreeAccess.Opened file, String path) throws IOException {
    ByteBuffer bytes = file.contents();
    SiblingCache.Known known = new SiblingCache.Known(bytes, digests.blake3(bytes));
    cache.put(path, known);
    return known;
  }
}
