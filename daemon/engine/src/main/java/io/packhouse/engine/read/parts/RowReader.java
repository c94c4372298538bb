package io.packhouse.engine.read.parts;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.parts.IndexColumns.Core;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The core columns of one batch, decoded. Valid while the batch is held. */
public final class RowReader {
  private final ArrowBatch batch;
  private final IndexColumns columns;
  private final DirectoryRow directory;
  private final EnumMap<Core, ColumnData> core = new EnumMap<>(Core.class);

  /** Decodes the core columns of a batch, which must be held as long as this is used. */
  public RowReader(ArrowBatch batch, IndexColumns columns, DirectoryRow directory)
      throws IOException {
    this.batch = batch;
    this.columns = columns;
    this.directory = directory;
    for (Core column : Core.values()) {
      core.put(column, batch.column(columns.of(column)));
    }
    for (Core column : new Core[] {Core.PATH, Core.TYPE, Core.STATUS, Core.SIZE}) {
      of(column).requireNoNulls(column.column(), batch.place());
    }
  }

  /** The batch's row in the batch directory. */
  public DirectoryRow directory() {
    return directory;
  }

  /** The batch, for messages. */
  public Place place() {
    return batch.place();
  }

  /** A core column's values. */
  public ColumnData of(Core column) {
    ColumnData data = core.get(column);
    if (data == null) {
      throw new AssertionError(column);
    }
    return data;
  }

  /**
   * The values of a digest besides BLAKE3, decoded at the first call; null where the index has
   * none.
   */
  public @Nullable ColumnData of(DigestAlgorithm algorithm) throws IOException {
    Column column = columns.of(algorithm);
    return column == null ? null : batch.column(column);
  }

  /** A text, or null. */
  public @Nullable String text(Core column, int row) {
    return of(column).text(row);
  }

  /** A text of a column without nulls. */
  public String requiredText(Core column, int row) {
    return PathText.lenient(of(column).bytes(row));
  }

  /** The raw bytes where there are any, else those of the text; null where both are null. */
  public byte @Nullable [] rawOrText(Core raw, Core text, int row) throws IOException {
    ColumnData data = of(raw).isNull(row) ? of(text) : of(raw);
    if (data.isNull(row)) {
      return null;
    }
    int length = data.end(row) - data.start(row);
    if (length > ArchiveFormat.MAX_PATH_LENGTH) {
      throw place()
          .corrupt(
              text.column()
                  + " of row "
                  + row
                  + " has "
                  + length
                  + " bytes, limit "
                  + ArchiveFormat.MAX_PATH_LENGTH);
    }
    return data.bytes(row);
  }

  /** The path's bytes. */
  public byte[] path(int row) throws IOException {
    byte[] path = rawOrText(Core.PATH_RAW, Core.PATH, row);
    if (path == null) {
      throw place().corrupt("path of row " + row + " is null");
    }
    return path;
  }

  /** Blob, offset and length of each extent, one after another; null where the row has none. */
  public long @Nullable [] extents(int row) {
    return extents(of(Core.EXTENTS), row);
  }

  public static long @Nullable [] extents(ColumnData list, int row) {
    if (list.isNull(row)) {
      return null;
    }
    int start = list.start(row);
    int count = list.end(row) - start;
    if (count == 0) {
      return new long[0];
    }
    ColumnData fields = list.child(0);
    long[] extents = new long[Math.multiplyExact(3, count)];
    for (int i = 0; i < count; i++) {
      boolean absent = fields.isNull(start + i);
      for (int field = 0; field < 3; field++) {
        // A null is no number that an extent could have, so whoever uses the extent refuses it.
        extents[3 * i + field] =
            absent ? Long.MIN_VALUE : fields.child(field).integer(start + i, Long.MIN_VALUE);
      }
    }
    return extents;
  }

  /** Extended attributes in the archive's order; null where not recorded. */
  public @Nullable Map<String, byte[]> xattrs(int row) throws IOException {
    ColumnData list = of(Core.XATTRS);
    if (list.isNull(row)) {
      return null;
    }
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    for (int i = list.start(row); i < list.end(row); i++) {
      ColumnData fields = list.child(0);
      if (fields.isNull(i) || fields.child(0).isNull(i) || fields.child(1).isNull(i)) {
        throw place().corrupt("an extended attribute of row " + row + " is null");
      }
      xattrs.put(PathText.lenient(fields.child(0).bytes(i)), fields.child(1).bytes(i));
    }
    return Collections.unmodifiableMap(xattrs);
  }
}
