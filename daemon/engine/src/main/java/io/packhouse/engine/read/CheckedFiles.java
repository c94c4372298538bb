package io.packhouse.engine.read;

import io.packhouse.engine.read.parts.DirectoryRow;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which files of an open archive had the digest that their rows say, when they were read whole: a
 * bit for each row of the index. Such a file need not be hashed again, since each blob is still
 * checked when it is read, and rows and blobs of an open archive do not change. Thread-safe.
 */
final class CheckedFiles {
  /** Of an archive with more rows nothing is remembered: 8 MiB of bits. */
  private static final long MAX_ROWS = 1L << 26;

  private final long[] starts;
  private final long limit;
  private final AtomicLongArray bits;

  /** None yet, of an archive with these batches. */
  CheckedFiles(List<DirectoryRow> batches) {
    starts = new long[batches.size()];
    long rows = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = rows;
      rows += batches.get(i).rows();
    }
    limit = rows <= MAX_ROWS ? rows : 0;
    bits = new AtomicLongArray((int) ((limit + Long.SIZE - 1) / Long.SIZE));
  }

  private long number(Entry entry) {
    return starts[entry.batch()] + entry.row();
  }

  boolean contains(Entry entry) {
    long number = number(entry);
    return number < limit && (bits.get((int) (number / Long.SIZE)) & (1L << number)) != 0;
  }

  void add(Entry entry) {
    long number = number(entry);
    if (number < limit) {
      bits.getAndUpdate((int) (number / Long.SIZE), old -> old | (1L << number));
    }
  }
}
