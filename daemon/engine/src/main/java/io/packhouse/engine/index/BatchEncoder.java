package io.packhouse.engine.index;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Turns rows into encapsulated Arrow messages with zstd-compressed bodies. One thread at a time;
 * what it needs for a batch it keeps for the next.
 */
public final class BatchEncoder implements AutoCloseable {
  private final IpcBuffers buffers;
  private final TableSchema schema;
  private final RecordBatchWriter writer;
  private final Hasher hasher;

  /** Made by the first batch, since tables do without. */
  private @Nullable EntryColumns columns;

  /**
   * @param schema of the index
   * @param buffers where the memory of batches comes from; stays the caller's
   */
  public BatchEncoder(TableSchema schema, IpcBuffers buffers) {
    this.schema = schema;
    this.buffers = buffers;
    this.hasher = Blake3.system().newHasher();
    try {
      this.writer = new RecordBatchWriter(buffers, hasher);
    } catch (Throwable e) {
      hasher.close();
      throw e;
    }
  }

  /**
   * Encodes rows of one group. After an exception the encoder can only be closed.
   *
   * @param rows at least one, in ascending order of paths unless nested
   * @throws IOException if readers would refuse so large a batch
   */
  public EncodedBatch encode(List<EntryRow> rows) throws IOException {
    if (rows.size() > ArchiveFormat.MAX_BATCH_ROWS) {
      throw new IllegalArgumentException(
          "a batch has at most " + ArchiveFormat.MAX_BATCH_ROWS + " rows, rows=" + rows.size());
    }
    List<EntryRow> ordered = rows;
    EntryRow.Group group = rows.getFirst().group();
    if (group.nested()) {
      // The walk's order is that of the outer paths; "!/" may sort otherwise.
      ordered = new ArrayList<>(rows);
      ordered.sort((left, right) -> Arrays.compareUnsigned(left.path(), right.path()));
    }
    byte[] first = ordered.getFirst().path();
    byte[] last = ordered.getLast().path();
    IpcBuffer message = buffers.take();
    try {
      EntryColumns filled = columns();
      filled.fill(ordered);
      writer.write(schema, filled.columns(), ordered.size(), message);
      return new EncodedBatch(message, ordered.size(), group, first, last, digest(message));
    } catch (IOException e) {
      message.close();
      throw new IOException(
          "cannot index the entries from "
              + PathText.display(first)
              + " to "
              + PathText.display(last)
              + ": "
              + e.getMessage(),
          e);
    } catch (Throwable e) {
      message.close();
      throw e;
    }
  }

  /**
   * A batch that is stored, as whoever read and checked it gives it.
   *
   * @param header its columns are those of the schema, its buffers compressed by zstd
   * @param body what follows its metadata
   * @param firstPath path bytes of the first row
   * @param lastPath path bytes of the last row
   */
  @SuppressWarnings("ArrayRecordComponent") // moved, not shared
  public record StoredBatch(
      RecordBatch header,
      ByteBuffer body,
      EntryRow.Group group,
      byte[] firstPath,
      byte[] lastPath) {}

  /**
   * Encodes a stored batch again with other extents; all else stays as it is stored.
   *
   * @param extents of each row, as {@link EntryRow#extents}; null where a row has none
   * @throws IOException if readers would refuse so large a batch
   */
  public EncodedBatch withExtents(StoredBatch stored, List<long @Nullable []> extents)
      throws IOException {
    int field = 0;
    while (!schema.fields().get(field).name().equals("extents")) {
      field++;
    }
    Column[] alone =
        Column.of(new TableSchema(List.of(schema.fields().get(field)), schema.metadata()));
    EntryColumns.Extents column = new EntryColumns.Extents((ListColumn) alone[0]);
    for (int row = 0; row < extents.size(); row++) {
      long[] triples = extents.get(row);
      if (triples != null) {
        column.set(row, triples);
      }
    }
    IpcBuffer message = buffers.take();
    try {
      writer.write(schema, stored.header(), stored.body(), field, alone[0], message);
      return new EncodedBatch(
          message,
          extents.size(),
          stored.group(),
          stored.firstPath(),
          stored.lastPath(),
          digest(message));
    } catch (Throwable e) {
      message.close();
      throw e;
    }
  }

  private EntryColumns columns() {
    EntryColumns made = columns;
    if (made == null) {
      made = new EntryColumns(schema);
      columns = made;
    }
    return made;
  }

  /**
   * Encodes a whole Arrow stream: schema, the batches that {@code fill} makes, end-of-stream.
   *
   * @param rows in all; {@code fill} is asked for at most 65,536 at a time
   */
  IpcBuffer encodeStream(TableSchema streamSchema, int rows, StreamFiller fill) throws IOException {
    IpcBuffer stream = buffers.take();
    try {
      stream.write(IpcMessages.schema(streamSchema));
      Column[] cells = Column.of(streamSchema);
      for (int first = 0; rows - first > 0; first += ArchiveFormat.MAX_BATCH_ROWS) {
        int count = Math.min(rows - first, ArchiveFormat.MAX_BATCH_ROWS);
        fill.fill(cells, first, count);
        writer.write(streamSchema, cells, count, stream);
      }
      stream.write(IpcMessages.endOfStream());
      return stream;
    } catch (Throwable e) {
      stream.close();
      throw e;
    }
  }

  private byte[] digest(IpcBuffer buffer) {
    byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
    hasher.hash(buffer.segment(), 0, buffer.length(), digest, 0);
    return digest;
  }

  /** Frees native memory. Idempotent. */
  @Override
  public void close() {
    writer.close();
    hasher.close();
  }

  /** Fills columns with rows {@code [first, first + count)} of a table. */
  interface StreamFiller {
    void fill(Column[] columns, int first, int count) throws IOException;
  }
}
