package io.packhouse.engine.diff;

import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Compares archives and trees, entry by entry in path order, without restoring anything. Packages
 * nested in files are left out, as they are parts of files. Files are compared by size and BLAKE3;
 * the digests of archives are taken from their indices, as {@code verify} would find them. Memory
 * depends on the number of differences up to a limit, not on the sizes of the sides.
 */
public final class ArchiveDiff {

  private ArchiveDiff() {}

  /**
   * Compares two archives.
   *
   * @param left as it was; both stay the caller's
   * @param right as it is
   * @param out takes the differences
   * @throws IOException if an index cannot be read, or where {@code out} throws it
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static DiffSummary compare(
      ArchiveReader left, ArchiveReader right, DiffOptions options, DiffConsumer out)
      throws IOException, InterruptedException {
    try (ItemSource from = source(left);
        ItemSource to = source(right)) {
      return compare(from, to, null, options, out);
    }
  }

  /**
   * Compares an archive with a tree, which may hold more or less by now.
   *
   * @param left stays the caller's
   * @param tree its root, compared with the archive's
   * @param out takes the differences
   * @throws IOException if the index or the tree's root cannot be read, or where {@code out} throws
   *     it; what cannot be read within the tree is a difference of its own kind
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static DiffSummary compare(
      ArchiveReader left, Path tree, DiffOptions options, DiffConsumer out)
      throws IOException, InterruptedException {
    try (OpenDirectory root = SystemFileAccess.instance().openDirectory(tree)) {
      return compare(left, root, options, out);
    }
  }

  /**
   * Likewise, with a tree whose root is open.
   *
   * @param tree stays the caller's
   */
  public static DiffSummary compare(
      ArchiveReader left, OpenDirectory tree, DiffOptions options, DiffConsumer out)
      throws IOException, InterruptedException {
    try (ItemSource from = source(left);
        ItemSource to = new TreeSource(tree)) {
      return compare(from, to, tree, options, out);
    }
  }

  private static DiffSummary compare(
      ItemSource left,
      ItemSource right,
      @Nullable OpenDirectory tree,
      DiffOptions options,
      DiffConsumer out)
      throws IOException, InterruptedException {
    try (FileHasher hasher = new FileHasher(tree, tree == null ? 1 : options.workers());
        Comparison comparison = new Comparison(options, hasher, out)) {
      return comparison.run(left, right);
    }
  }

  private static ItemSource source(ArchiveReader reader) throws IOException {
    EntryCursor cursor = reader.entries(EntryFilter.ALL.withoutNested());
    return new ItemSource() {
      @Override
      public @Nullable Item next() throws IOException {
        Entry entry = cursor.next();
        return entry == null ? null : new Item(entry);
      }

      @Override
      public void close() {}
    };
  }
}
