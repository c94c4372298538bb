package io.packhouse.engine.read.base;

import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.parts.BatchDirectory;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexColumns.Core;
import io.packhouse.engine.read.parts.IndexReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds files that are probably earlier versions of others: near them in the order of paths, below
 * the folder above theirs, named alike but for numbers, and of about their length.
 *
 * <p>Of each group of the index some rows on both sides are looked at, so that a lookup takes as
 * long in a folder of a million files as in one of a hundred.
 */
final class Neighbours {
  /** Rows to look at on each side. */
  private static final int AROUND = 64;

  /** The best of a group are all that can be among the best. */
  private static final int MOST = 3;

  /** A file that is longer or shorter by this factor is something else. */
  private static final int MOST_TIMES = 4;

  private record Candidate(long row, boolean alike, int prefix, int rowsAway, long difference) {}

  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingInt((Candidate one) -> one.alike ? 0 : 1)
          .thenComparingInt(one -> -one.prefix)
          .thenComparingInt(Candidate::rowsAway)
          .thenComparingLong(Candidate::difference)
          .thenComparingLong(Candidate::row);

  private final IndexReader index;
  private final long[] firstRows;

  /**
   * @param firstRows of each batch
   */
  Neighbours(IndexReader index, long[] firstRows) {
    this.index = index;
    this.firstRows = firstRows;
  }

  /** The rows, the best first. */
  long[] near(byte[] path, long length) throws IOException {
    List<Candidate> found = new ArrayList<>();
    for (BatchDirectory.Run run : index.directory().runs()) {
      if (!run.rows().getFirst().nested()) {
        lookAround(run.rows(), path, length, found);
      }
    }
    found.sort(BEST_FIRST);
    return found.stream().limit(MOST).mapToLong(Candidate::row).toArray();
  }

  /** Looks where the path is, or would be, also in the batches before and after that one. */
  private void lookAround(
      List<DirectoryRow> batches, byte[] path, long length, List<Candidate> found)
      throws IOException {
    int ordinal = batchAt(batches, path);
    DirectoryRow here = batches.get(ordinal);
    int at = search(here, path);
    look(here, at, path, length, found);
    if (at < AROUND && ordinal > 0) {
      DirectoryRow before = batches.get(ordinal - 1);
      look(before, before.rows() + at, path, length, found);
    }
    if (here.rows() - at < AROUND && ordinal + 1 < batches.size()) {
      look(batches.get(ordinal + 1), at - here.rows(), path, length, found);
    }
  }

  private int search(DirectoryRow of, byte[] path) throws IOException {
    if (Arrays.compareUnsigned(path, of.lastPath()) > 0) {
      return of.rows();
    }
    if (Arrays.compareUnsigned(path, of.firstPath()) < 0) {
      return 0;
    }
    ArrowBatch batch = index.acquire(of);
    try {
      int at = index.search(batch, path);
      return at >= 0 ? at : -1 - at;
    } finally {
      index.release(of, batch);
    }
  }

  /** The last batch that begins at the path or before it, or the first. */
  private static int batchAt(List<DirectoryRow> batches, byte[] path) {
    int low = 0;
    int high = batches.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (Arrays.compareUnsigned(batches.get(middle).firstPath(), path) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /**
   * Looks at the rows of a batch around a place.
   *
   * @param at of the path among the batch's rows, or as far before or behind them
   */
  private void look(DirectoryRow of, int at, byte[] path, long length, List<Candidate> found)
      throws IOException {
    int folder = folderAbove(path);
    boolean isBehind = Arrays.compareUnsigned(path, of.lastPath()) > 0;
    boolean isBefore = Arrays.compareUnsigned(path, of.firstPath()) < 0;
    if ((isBehind && mismatch(path, of.lastPath()) < folder)
        || (isBefore && mismatch(path, of.firstPath()) < folder)) {
      return; // it has nothing of the folder
    }
    ArrowBatch batch = index.acquire(of);
    try {
      ColumnData digests = batch.column(index.columns().of(Core.BLAKE3));
      ColumnData sizes = batch.column(index.columns().of(Core.SIZE));
      ColumnData paths = batch.column(index.columns().of(Core.PATH));
      for (int row = Math.max(0, at - AROUND); row < Math.min(batch.rows(), at + AROUND); row++) {
        long size = sizes.integer(row);
        if (digests.isNull(row)
            || size <= 0
            || size / MOST_TIMES > length
            || length / MOST_TIMES > size) {
          continue;
        }
        byte[] other = paths.bytes(row);
        int prefix = mismatch(path, other);
        if (prefix >= folder && Arrays.equals(extension(path), extension(other))) {
          found.add(
              new Candidate(
                  firstRows[of.ordinal()] + row,
                  isAlike(path, other),
                  prefix,
                  Math.abs(row - at),
                  Math.abs(size - length)));
        }
      }
    } finally {
      index.release(of, batch);
    }
  }

  /** Bytes that both begin with. */
  private static int mismatch(byte[] one, byte[] other) {
    int at = Arrays.mismatch(one, other);
    return at < 0 ? one.length : at;
  }

  /** Length of the path of the folder above the file's own, with its slash. */
  private static int folderAbove(byte[] path) {
    int name = nameStart(path, path.length);
    return name == 0 ? 0 : nameStart(path, name - 1);
  }

  private static int nameStart(byte[] path, int end) {
    int start = end;
    while (start > 0 && path[start - 1] != '/') {
      start--;
    }
    return start;
  }

  private static byte @Nullable [] extension(byte[] path) {
    for (int i = path.length - 1; i >= 0 && path[i] != '/'; i--) {
      if (path[i] == '.') {
        return Arrays.copyOfRange(path, i, path.length);
      }
    }
    return null;
  }

  /** Whether two names are the same but for digits and dots. */
  private static boolean isAlike(byte[] one, byte[] other) {
    int i = nameStart(one, one.length);
    int j = nameStart(other, other.length);
    while (true) {
      while (i < one.length && isOfNumber(one[i])) {
        i++;
      }
      while (j < other.length && isOfNumber(other[j])) {
        j++;
      }
      if (i == one.length || j == other.length) {
        return i == one.length && j == other.length;
      }
      if (one[i++] != other[j++]) {
        return false;
      }
    }
  }

  private static boolean isOfNumber(byte letter) {
    return letter == '.' || (letter >= '0' && letter <= '9');
  }
}
