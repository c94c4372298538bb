package io.packhouse.engine.read.arrow;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Decoder;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import io.packhouse.engine.read.memory.Shared;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * A record batch whose columns are decoded when they are asked for, each once. Safe for concurrent
 * use by its holders.
 *
 * <p>Compressed Arrow buffers are an int64 of the decoded length, −1 for one that is not
 * compressed, and then the zstd bytes.
 */
public final class ArrowBatch extends Shared {
  // The format bounds each buffer; this bounds what one batch may take in memory.
  private static final long MAX_DECODED_BYTES = 1L << 30;
  // A list's elements, so that types of no width cannot claim billions of them.
  private static final int MAX_ELEMENTS = 32 << 20;

  private final BufferPool.Buffer owner;
  private final MemorySegment body;
  private final ColumnSet columns;
  private final Place place;
  private final ReadMemory memory;
  private final int rows;
  private final boolean compressed;
  private final long[] nodes;
  private final long[] buffers;
  private final int[] variadic;

  // Guarded by this.
  private final @Nullable ColumnData[] decoded;
  private final List<BufferPool.Buffer> owned = new ArrayList<>();
  private final AtomicLong decodedBytes = new AtomicLong();

  private ArrowBatch(
      BufferPool.Buffer owner,
      ArrowMessage message,
      RecordBatch header,
      ColumnSet columns,
      Place place,
      ReadMemory memory)
      throws IOException {
    this.owner = owner;
    this.body = message.body();
    this.columns = columns;
    this.place = place;
    this.memory = memory;
    this.decoded = new ColumnData[columns.nodes()];
    long length = header.length();
    if (length < 0 || length > ArchiveFormat.MAX_BATCH_ROWS) {
      throw place.corrupt("has " + length + " rows, limit " + ArchiveFormat.MAX_BATCH_ROWS);
    }
    this.rows = (int) length;
    BodyCompression compression = header.compression();
    this.compressed = compression != null;
    if (compression != null
        && (compression.codec() != CompressionType.ZSTD
            || compression.method() != BodyCompressionMethod.BUFFER)) {
      throw place.corrupt("Arrow body compression", "ZSTD", "codec " + compression.codec());
    }
    this.variadic = readVariadic(header);
    this.nodes = readNodes(header);
    this.buffers = readBuffers(header);
  }

  /**
   * Reads a batch. Its memory holds {@code owner}, which has the message's bytes.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if it does not fit the columns
   */
  public static ArrowBatch parse(
      BufferPool.Buffer owner,
      ArrowMessage message,
      ColumnSet columns,
      Place place,
      ReadMemory memory)
      throws IOException {
    RecordBatch header = message.recordBatch(place);
    ArrowBatch batch =
        place.guarded(() -> new ArrowBatch(owner, message, header, columns, place, memory));
    owner.retain();
    return batch;
  }

  private int[] readVariadic(RecordBatch header) throws IOException {
    int count = header.variadicBufferCountsLength();
    if (count != columns.views()) {
      throw place.corrupt("variadic buffer counts", columns.views(), count);
    }
    int[] sums = new int[count + 1];
    for (int i = 0; i < count; i++) {
      long buffersOfView = header.variadicBufferCounts(i);
      if (buffersOfView < 0 || buffersOfView > ArchiveFormat.MAX_BATCH_ROWS) {
        throw place.corrupt("has a view column of " + buffersOfView + " buffers");
      }
      sums[i + 1] = Math.addExact(sums[i], (int) buffersOfView);
    }
    return sums;
  }

  private long[] readNodes(RecordBatch header) throws IOException {
    if (header.nodesLength() != columns.nodes()) {
      throw place.corrupt("Arrow field nodes", columns.nodes(), header.nodesLength());
    }
    long[] values = new long[columns.nodes() * 2];
    for (int i = 0; i < columns.nodes(); i++) {
      long length = header.nodes(i).length();
      long nulls = header.nodes(i).nullCount();
      if (length < 0 || length > Integer.MAX_VALUE || nulls < 0 || nulls > length) {
        throw place.corrupt(
            "has an Arrow field of " + length + " values, " + nulls + " of them null");
      }
      values[2 * i] = length;
      values[2 * i + 1] = nulls;
    }
    return values;
  }

  private long[] readBuffers(RecordBatch header) throws IOException {
    int count = Math.addExact(columns.buffers(), variadic[variadic.length - 1]);
    if (header.buffersLength() != count) {
      throw place.corrupt("Arrow buffers", count, header.buffersLength());
    }
    // Checked against the metadata's own length before it is allocated for.
    if (count > ArchiveFormat.MAX_MESSAGE_METADATA_LENGTH / 16) {
      throw place.corrupt("has " + count + " Arrow buffers");
    }
    long[] values = new long[count * 2];
    for (int i = 0; i < count; i++) {
      long offset = header.buffers(i).offset();
      long length = header.buffers(i).length();
      if (offset < 0 || length < 0 || length > body.byteSize() - offset) {
        throw place.corrupt(
            "has an Arrow buffer ["
                + offset
                + ", +"
                + length
                + ") in a body of "
                + body.byteSize());
      }
      values[2 * i] = offset;
      values[2 * i + 1] = length;
    }
    return values;
  }

  /** Rows of the batch. */
  public int rows() {
    return rows;
  }

  /** The columns of the schema that it has. */
  public ColumnSet columns() {
    return columns;
  }

  /** The batch, for messages. */
  public Place place() {
    return place;
  }

  /** Null count that the batch claims for a column. */
  public long claimedNulls(Column column) {
    return nodes[2 * column.node() + 1];
  }

  @Override
  public long bytes() {
    return owner.bytes() + decodedBytes.get();
  }

  /**
   * A top-level column.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if its buffers are not what its type
   *     and length ask for
   */
  public ColumnData column(Column column) throws IOException {
    synchronized (this) {
      ColumnData data = decoded[column.node()];
      if (data == null) {
        if (nodes[2 * column.node()] != rows) {
          throw place.corrupt("rows of column " + column.name(), rows, nodes[2 * column.node()]);
        }
        data = decode(column);
        decoded[column.node()] = data;
      }
      return data;
    }
  }

  private ColumnData decode(Column column) throws IOException {
    int length = (int) nodes[2 * column.node()];
    long nulls = nodes[2 * column.node() + 1];
    MemorySegment none = MemorySegment.NULL;
    Column.Kind kind = column.kind();
    if (kind == Column.Kind.NULL || kind == Column.Kind.OTHER || (nulls == length && length > 0)) {
      return new ColumnData(column, length, true, null, none, none, List.of(), place);
    }
    int first = column.buffer() + variadic[column.views()];
    MemorySegment validity = nulls == 0 ? null : buffer(column, first, (length + 7L) / 8);
    MemorySegment offsets = none;
    MemorySegment data = none;
    List<ColumnData> children = List.of();
    switch (kind) {
      case NULL, OTHER -> throw new AssertionError(kind);
      case BOOL -> data = buffer(column, first + 1, (length + 7L) / 8);
      case INTEGER, FLOAT, FIXED_BINARY ->
          data = buffer(column, first + 1, (long) length * column.width());
      case UTF8, BINARY -> {
        data = buffer(column, first + 2, 0);
        offsets = offsets(column, first + 1, length, data.byteSize());
      }
      case LIST -> {
        Column element = column.children().getFirst();
        long elements = nodes[2 * element.node()];
        if (elements > MAX_ELEMENTS) {
          throw place.corrupt(
              "column " + column.name() + " has " + elements + " elements, limit " + MAX_ELEMENTS);
        }
        offsets = offsets(column, first + 1, length, elements);
        children = List.of(decode(element));
      }
      case STRUCT -> {
        List<ColumnData> fields = new ArrayList<>();
        for (Column child : column.children()) {
          if (nodes[2 * child.node()] != length) {
            throw place.corrupt("rows of field " + child.name(), length, nodes[2 * child.node()]);
          }
          fields.add(decode(child));
        }
        children = List.copyOf(fields);
      }
    }
    return new ColumnData(column, length, false, validity, offsets, data, children, place);
  }

  private MemorySegment offsets(Column column, int ordinal, int length, long end)
      throws IOException {
    if (length == 0) {
      return MemorySegment.NULL;
    }
    MemorySegment offsets = buffer(column, ordinal, (length + 1L) * Integer.BYTES);
    ByteBuffer numbers = offsets.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int previous = 0;
    for (int i = 0; i <= length; i++) {
      int offset = numbers.getInt(i * Integer.BYTES);
      if (offset < previous || offset > end) {
        throw place.corrupt(
            "column "
                + column.name()
                + " has offset "
                + offset
                + " at "
                + i
                + ", not in ["
                + previous
                + ", "
                + end
                + "]");
      }
      previous = offset;
    }
    return offsets;
  }

  /** A decoded buffer of at least {@code needed} bytes. */
  private MemorySegment buffer(Column column, int ordinal, long needed) throws IOException {
    MemorySegment stored = body.asSlice(buffers[2 * ordinal], buffers[2 * ordinal + 1]);
    MemorySegment bytes = stored;
    if (compressed && stored.byteSize() > 0) {
      if (stored.byteSize() < Long.BYTES) {
        throw place.corrupt("column " + column.name() + " has a cut buffer");
      }
      long length = stored.get(ArrowMessage.LONG, 0);
      MemorySegment rest = stored.asSlice(Long.BYTES);
      bytes = length == -1 ? rest : decompress(column, rest, length);
    }
    if (bytes.byteSize() < needed || bytes.byteSize() > ArchiveFormat.MAX_DECODED_BUFFER_LENGTH) {
      throw place.corrupt(
          "column "
              + column.name()
              + " has a buffer of "
              + bytes.byteSize()
              + " bytes, needed "
              + needed
              + ", limit "
              + ArchiveFormat.MAX_DECODED_BUFFER_LENGTH);
    }
    return bytes;
  }

  private MemorySegment decompress(Column column, MemorySegment stored, long length)
      throws IOException {
    if (length < 0 || length > ArchiveFormat.MAX_DECODED_BUFFER_LENGTH) {
      throw place.corrupt(
          "column "
              + column.name()
              + " has a buffer of "
              + length
              + " bytes decoded, limit "
              + ArchiveFormat.MAX_DECODED_BUFFER_LENGTH);
    }
    if (length == 0) {
      return MemorySegment.NULL;
    }
    BufferPool.Buffer target = memory.buffers().take(length);
    owned.add(target);
    if (decodedBytes.addAndGet(target.bytes()) > MAX_DECODED_BYTES) {
      throw place.corrupt("decodes to more than " + MAX_DECODED_BYTES + " bytes");
    }
    Decoder decoder = memory.decoders().take();
    try {
      decoder.decode(stored, target.segment(), place);
    } finally {
      memory.decoders().give(decoder);
    }
    return target.segment();
  }

  @Override
  protected synchronized void free() {
    owned.forEach(BufferPool.Buffer::close);
    owned.clear();
    owner.close();
  }
}
