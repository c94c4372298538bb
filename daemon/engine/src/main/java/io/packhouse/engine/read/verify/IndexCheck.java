package io.packhouse.engine.read.verify;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexReader;
import io.packhouse.engine.read.parts.RowReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks every batch of the index, and adds up the totals. Belongs to one thread. */
final class IndexCheck {
  private static final Set<String> EXTRACT_STATUSES = Set.of("ok", "error", "limit");

  private final ArchiveReader reader;
  private final IndexReader index;
  private final BlobChain blobs;
  private final Findings findings;
  private final VerifyProgress progress;
  private final BitSet damagedBatches = new BitSet();
  private final Map<String, Long> totals = new HashMap<>();
  private long rows;

  IndexCheck(ArchiveReader reader, BlobChain blobs, Findings findings, VerifyProgress progress) {
    this.reader = reader;
    this.index = reader.parts().index();
    this.blobs = blobs;
    this.findings = findings;
    this.progress = progress;
  }

  long rows() {
    return rows;
  }

  /** Whether a batch could be read; its rows may break rules all the same. */
  boolean isReadable(int batch) {
    return !damagedBatches.get(batch);
  }

  void run() throws IOException {
    List<DirectoryRow> batches = index.directory().rows();
    Map<List<@Nullable Object>, DirectoryRow> previous = new HashMap<>();
    for (DirectoryRow row : batches) {
      String subject = "batch " + row.ordinal();
      if (!findings.check(Damage.Kind.BATCH, subject, () -> checkBatch(row))) {
        damagedBatches.set(row.ordinal());
      }
      DirectoryRow before =
          previous.put(Arrays.asList(row.packageType(), row.repository(), row.nested()), row);
      if (before != null
          && !row.nested()
          && Arrays.compareUnsigned(before.lastPath(), row.firstPath()) >= 0) {
        findings.add(
            Damage.Kind.BATCH,
            subject,
            row.place(reader.path()),
            "is not after batch " + before.ordinal() + " of the same group");
      }
      progress.rowsChecked(row.rows());
    }
    if (damagedBatches.isEmpty()) {
      findings.check(Damage.Kind.ARCHIVE, "totals", this::checkTotals);
    }
  }

  private void checkBatch(DirectoryRow row) throws IOException {
    ArrowBatch batch = index.acquire(row);
    try {
      Place place = batch.place();
      for (Column column : index.columns().set().columns()) {
        checkColumn(batch, column, place);
      }
      RowReader columns = new RowReader(batch, index.columns(), row);
      ColumnData extractStatus = further(batch, "extract_status");
      ColumnData parents = further(batch, "parent_path");
      byte[] previous = null;
      for (int i = 0; i < batch.rows(); i++) {
        int at = i;
        byte[] path = columns.path(i);
        if (previous != null && Arrays.compareUnsigned(previous, path) >= 0) {
          throw place.corrupt("row " + i + " is not after the one before it, by path");
        }
        previous = path;
        Entry entry = new Entry(reader, columns, i);
        findings.check(
            Damage.Kind.ENTRY,
            entry.path(),
            () -> {
              RowRules.check(entry, columns, at, blobs);
              checkExtraction(entry, at, extractStatus, parents);
            });
        count(entry);
      }
      if (!Arrays.equals(columns.path(0), row.firstPath())
          || !Arrays.equals(columns.path(batch.rows() - 1), row.lastPath())) {
        throw place.corrupt("its first and last path are not those of the batch directory");
      }
    } finally {
      index.release(row, batch);
    }
  }

  private @Nullable ColumnData further(ArrowBatch batch, String name) throws IOException {
    Column column = index.columns().set().find(name);
    return column == null || !"utf8".equals(column.type()) ? null : batch.column(column);
  }

  private static void checkColumn(ArrowBatch batch, Column column, Place place) throws IOException {
    ColumnData data = batch.column(column);
    if (column.kind() == Column.Kind.OTHER || column.kind() == Column.Kind.NULL) {
      return;
    }
    int nulls = data.countNulls();
    if (nulls != batch.claimedNulls(column)) {
      throw place.corrupt(
          "null count of column " + column.name(), nulls, batch.claimedNulls(column));
    }
    if (!column.nullable()) {
      data.requireNoNulls(column.name(), place);
    }
    if (column.kind() == Column.Kind.UTF8) {
      for (int row = 0; row < data.length(); row++) {
        if (!data.isNull(row) && !data.isUtf8(row)) {
          throw place.corrupt("column " + column.name() + " is not UTF-8 in row " + row);
        }
      }
    }
  }

  private static void checkExtraction(
      Entry entry, int row, @Nullable ColumnData status, @Nullable ColumnData parents)
      throws IOException {
    String label = status == null ? null : status.text(row);
    if (label != null && !EXTRACT_STATUSES.contains(label)) {
      throw entry.place().corrupt("extract_status", EXTRACT_STATUSES, label);
    }
    String parent = parents == null ? null : parents.text(row);
    if (entry.is(EntryType.NESTED)) {
      String start = parent == null ? "" : parent;
      if (!entry.path().startsWith(start) || entry.path().indexOf("!/", start.length()) < 0) {
        throw entry.place().corrupt("is nested, but its path is not in the file that it is in");
      }
    }
  }

  private void count(Entry entry) {
    rows++;
    add("rows", 1);
    String type = entry.typeLabel();
    if (entry.is(EntryType.FILE)) {
      add("files", 1);
      add("bytes", entry.size());
    } else if (entry.is(EntryType.DIRECTORY)) {
      add("directories", 1);
    } else if (entry.is(EntryType.SYMLINK)) {
      add("symlinks", 1);
    } else if (entry.is(EntryType.HARDLINK)) {
      add("hardlinks", 1);
    } else if (entry.is(EntryType.NESTED)) {
      add("nested", 1);
    } else if (EntryType.ofLabel(type) != null) {
      add("specials", 1);
    }
    if (!entry.isOk()) {
      add("failed", 1);
    }
  }

  private void add(String name, long amount) {
    totals.merge(name, amount, IndexCheck::sum);
  }

  /** The sum, or a negative number, which no total is, once it is beyond 2^63 − 1. */
  private static long sum(long a, long b) {
    return a < 0 || b < 0 || a + b < 0 ? -1 : a + b;
  }

  private void checkTotals() throws IOException {
    Place place = new Place(reader.path(), reader.parts().footer().seal().offset(), "footer");
    for (String name :
        List.of(
            "rows",
            "files",
            "directories",
            "symlinks",
            "hardlinks",
            "specials",
            "nested",
            "failed",
            "bytes")) {
      long claimed = reader.parts().footer().metadata().total(name);
      long actual = totals.getOrDefault(name, 0L);
      if (claimed != actual) {
        throw place.corrupt(ArchiveFormat.KEY_TOTAL + name, actual, claimed);
      }
    }
  }
}
