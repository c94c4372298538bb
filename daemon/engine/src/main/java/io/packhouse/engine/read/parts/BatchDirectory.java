package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.arrow.ColumnSet;
import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where the batches are and which paths each has. Immutable. */
public final class BatchDirectory {
  private static final int BYTES_PER_ROW = 200;

  /** Batches of one group in path order that do not overlap. */
  public record Run(List<DirectoryRow> rows) {}

  /** Equality is written out, since a record's own links a bootstrap method during start-up. */
  private record Group(@Nullable String packageType, @Nullable String repository, boolean nested) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Group group
          && nested == group.nested
          && Objects.equals(packageType, group.packageType)
          && Objects.equals(repository, group.repository);
    }

    @Override
    public int hashCode() {
      return 31 * Objects.hashCode(packageType) + Objects.hashCode(repository) + (nested ? 1 : 0);
    }
  }

  private final List<DirectoryRow> rows;
  private final List<Run> runs;

  /** How many rows are before each batch, and how many there are in all. */
  private final long[] firstRows;

  private BatchDirectory(List<DirectoryRow> rows) {
    this.rows = List.copyOf(rows);
    Map<Group, List<DirectoryRow>> current = new HashMap<>();
    List<List<DirectoryRow>> all = new ArrayList<>();
    for (DirectoryRow row : rows) {
      Group group = new Group(row.packageType(), row.repository(), row.nested());
      List<DirectoryRow> run = current.get(group);
      // Batches of nested packages may overlap; those of other groups do only in a damaged archive.
      if (run == null || Arrays.compareUnsigned(run.getLast().lastPath(), row.firstPath()) >= 0) {
        run = new ArrayList<>();
        current.put(group, run);
        all.add(run);
      }
      run.add(row);
    }
    this.runs = all.stream().map(run -> new Run(List.copyOf(run))).toList();
    this.firstRows = new long[rows.size() + 1];
    for (int i = 0; i < rows.size(); i++) {
      firstRows[i + 1] = firstRows[i] + rows.get(i).rows();
    }
  }

  static BatchDirectory read(ArchiveFooter footer, TableReader reader) throws IOException {
    Loader loader = new Loader(footer, reader);
    reader.read(footer.batchDirectory(), loader);
    return new BatchDirectory(loader.rows);
  }

  /** All batches, in file order. */
  public List<DirectoryRow> rows() {
    return rows;
  }

  /** The number of a batch's first row, counted through all batches in file order. */
  long firstRow(int batch) {
    return firstRows[batch];
  }

  /** The batch that has a row of this number, or null where there is none. */
  @Nullable DirectoryRow batchOf(long row) {
    if (row < 0 || row >= firstRows[rows.size()]) {
      return null;
    }
    int found = Arrays.binarySearch(firstRows, row);
    // Each batch has at least one row, so no two begin with the same.
    return rows.get(found >= 0 ? found : -found - 2);
  }

  /** All batches, in runs that can be searched and merged by path. */
  public List<Run> runs() {
    return runs;
  }

  /** The batch of a run that may have this path, or null where there is none. */
  public static @Nullable DirectoryRow find(Run run, byte[] path) {
    int low = 0;
    int high = run.rows().size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      DirectoryRow row = run.rows().get(middle);
      if (Arrays.compareUnsigned(path, row.firstPath()) < 0) {
        high = middle - 1;
      } else if (Arrays.compareUnsigned(path, row.lastPath()) > 0) {
        low = middle + 1;
      } else {
        return row;
      }
    }
    return null;
  }

  private static final class Loader implements TableReader.Rows {
    private final ArchiveFooter footer;
    private final TableReader reader;
    private final List<DirectoryRow> rows = new ArrayList<>();
    private long end;
    private long bytes;
    private @Nullable List<Column> columns;

    Loader(ArchiveFooter footer, TableReader reader) {
      this.footer = footer;
      this.reader = reader;
      this.end = footer.headLength();
    }

    @Override
    public void columns(ColumnSet set, Place place) throws IOException {
      columns =
          List.of(
              set.require("offset", "int64", place),
              set.require("length", "int64", place),
              set.require("rows", "int64", place),
              set.require("package_type", "utf8", place),
              set.require("repository", "utf8", place),
              set.require("nested", "bool", place),
              set.require("first_path", "binary", place),
              set.require("last_path", "binary", place),
              set.require("blake3", "fixed_size_binary(32)", place));
    }

    @Override
    public void batch(ArrowBatch batch, Place place) throws IOException {
      List<ColumnData> data = new ArrayList<>();
      List<Column> all = columns == null ? List.of() : columns;
      for (Column column : all) {
        ColumnData values = batch.column(column);
        if (!column.name().equals("package_type") && !column.name().equals("repository")) {
          values.requireNoNulls(column.name(), place);
        }
        data.add(values);
      }
      for (int row = 0; row < batch.rows(); row++) {
        add(data, row, place);
      }
    }

    private void add(List<ColumnData> data, int row, Place place) throws IOException {
      int ordinal = rows.size();
      long offset = data.get(0).integer(row);
      long length = data.get(1).integer(row);
      long count = data.get(2).integer(row);
      long[] blocks = footer.blocks();
      // The footer's own table and this one name the same places, so neither can mislead alone.
      if (offset != blocks[3 * ordinal]
          || length != blocks[3 * ordinal + 1] + blocks[3 * ordinal + 2]
          || blocks[3 * ordinal + 1] < 0
          || blocks[3 * ordinal + 2] < 0) {
        throw place.corrupt(
            "batch " + ordinal,
            "["
                + blocks[3 * ordinal]
                + ", +"
                + blocks[3 * ordinal + 1]
                + " + "
                + blocks[3 * ordinal + 2]
                + ") as in the footer",
            "[" + offset + ", +" + length + ")");
      }
      long limit = footer.blobTable().offset() - ArchiveFormat.END_OF_STREAM_LENGTH;
      long maxLength =
          (long) ArrowMessage.PREFIX_LENGTH
              + ArchiveFormat.MAX_MESSAGE_METADATA_LENGTH
              + ArchiveFormat.MAX_BATCH_BODY_LENGTH;
      if (length < ArrowMessage.PREFIX_LENGTH
          || length > maxLength
          || offset < end
          || offset % ArchiveFormat.ALIGNMENT != 0
          || offset > limit - length) {
        throw place.corrupt(
            "batch "
                + ordinal
                + " is ["
                + offset
                + ", +"
                + length
                + "), must be inside ["
                + end
                + ", "
                + limit
                + "), at a multiple of 8, of at most "
                + maxLength
                + " bytes");
      }
      if (count < 1 || count > ArchiveFormat.MAX_BATCH_ROWS) {
        throw place.corrupt(
            "batch " + ordinal + " of " + count + " rows, limit " + ArchiveFormat.MAX_BATCH_ROWS);
      }
      end = offset + length;
      byte[] first = path(data.get(6), row, place);
      byte[] last = path(data.get(7), row, place);
      if (Arrays.compareUnsigned(first, last) > 0) {
        throw place.corrupt("batch " + ordinal + " has its first path after its last");
      }
      String packageType = data.get(3).text(row);
      String repository = data.get(4).text(row);
      bytes += BYTES_PER_ROW + first.length + last.length + size(packageType) + size(repository);
      reader.checkLimit(bytes, "batch directory");
      rows.add(
          new DirectoryRow(
              ordinal,
              offset,
              (int) length,
              (int) count,
              packageType,
              repository,
              data.get(5).bool(row),
              first,
              last,
              data.get(8).bytes(row)));
    }

    private static long size(@Nullable String text) {
      return text == null ? 0 : 2L * text.length();
    }

    private static byte[] path(ColumnData data, int row, Place place) throws IOException {
      if (data.end(row) - data.start(row) > ArchiveFormat.MAX_PATH_LENGTH) {
        throw place.corrupt(
            "path of "
                + (data.end(row) - data.start(row))
                + " bytes, limit "
                + ArchiveFormat.MAX_PATH_LENGTH);
      }
      return data.bytes(row);
    }
  }
}
