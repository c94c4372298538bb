package io.packhouse.engine.index;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.google.flatbuffers.FlatBufferBuilder;
import io.packhouse.engine.format.ArchiveFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * Writes Arrow record batch messages, their buffers compressed one by one, with the bytes that
 * Arrow Java makes. One thread at a time.
 *
 * <pre>
 * start        FF FF FF FF, int32 metadata length
 * start + 8    metadata flatbuffer, whose length follows from the number of nodes and buffers alone
 * body         per buffer: int64 decoded length, a zstd frame; or int64 −1, the bytes; padded to 8
 * </pre>
 *
 * <p>Columns say what their buffers hold by {@link #zeros} and {@link #ones} where they know it:
 * two thirds of an index's buffers, which are compressed once for every length.
 */
final class RecordBatchWriter implements AutoCloseable {
  /** Digests and numbers gain nothing from higher levels; paths a little. */
  private static final int LEVEL = 3;

  /** What readers accept of a batch's buffers together, decoded. */
  private static final long MAX_DECODED_LENGTH = 1L << 30;

  private static final int LENGTH_PREFIX = 8;
  private static final long STORED_RAW = -1;

  /** How many frames of constant buffers are kept, and how long they may be. */
  private static final int KEPT_FRAMES = 512;

  private static final int KEPT_FRAME_LENGTH = 1 << 10;

  private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);
  private final FlatBufferBuilder builder = new FlatBufferBuilder();
  private final Map<Long, byte[]> zeros = new HashMap<>();
  private final Map<Long, byte[]> ones = new HashMap<>();
  private final IpcBuffers buffers;

  /** Where what is to be compressed is put, since zstd takes off-heap memory. */
  private IpcBuffer source;

  /** Pairs of length and null count, and of offset in the body and length. */
  private long[] nodes = new long[256];

  private long[] places = new long[512];
  private int nodesLength;
  private int placesLength;
  private long decodedLength;
  private IpcBuffer target;
  private int body;
  private int position;

  RecordBatchWriter(IpcBuffers buffers) {
    this.buffers = buffers;
    source = buffers.take();
    target = source;
  }

  /**
   * Appends a message of these columns to {@code out}, and makes them forget their cells.
   *
   * @param columns of {@code schema}
   * @throws IOException if readers would refuse so large a batch
   */
  void write(TableSchema schema, Column[] columns, int rows, IpcBuffer out) throws IOException {
    int start = (int) out.length();
    int metadataLength = metadataLength(schema);
    target = out;
    body = start + IpcMessages.PREFIX_LENGTH + metadataLength;
    position = body;
    nodesLength = 0;
    placesLength = 0;
    decodedLength = 0;
    out.require(body, start);
    for (Column column : columns) {
      column.write(rows, this);
    }
    if (source.bytes().capacity() > IpcBuffers.KEPT_CAPACITY) {
      source.close();
      source = buffers.take();
    }
    int bodyLength = position - body;
    requireAtMost(bodyLength, ArchiveFormat.MAX_BATCH_BODY_LENGTH, "the body");
    ByteBuffer metadata = metadata(rows, bodyLength);
    int at = start + IpcMessages.PREFIX_LENGTH;
    int end = at + metadata.remaining();
    if (ArchiveFormat.align(end) != body) {
      throw new IllegalStateException("columns are not of their schema, metadata ends at " + end);
    }
    out.bytes()
        .putInt(start, ArchiveFormat.CONTINUATION_MARKER)
        .putInt(start + 4, metadataLength)
        .put(at, metadata, metadata.position(), metadata.remaining());
    zero(end, body);
    out.length(position);
    target = source;
  }

  /** Of a batch's metadata, which depends on how many nodes and buffers there are alone. */
  private int metadataLength(TableSchema schema) {
    nodesLength = 0;
    placesLength = 0;
    for (Field field : schema.fields()) {
      nodesLength += 2 * field.count();
      placesLength += 2 * field.buffers();
    }
    nodes = Arrays.copyOf(nodes, Math.max(nodes.length, nodesLength));
    places = Arrays.copyOf(places, Math.max(places.length, placesLength));
    long length = ArchiveFormat.align(metadata(1, ArchiveFormat.ALIGNMENT).remaining());
    return (int) length;
  }

  /** Appends a column's node. */
  void node(long length, long nulls) {
    nodes[nodesLength++] = length;
    nodes[nodesLength++] = nulls;
  }

  /** Appends a buffer of {@code length} zero bytes. */
  void zeros(long length) throws IOException {
    constant(zeros, length, length, (byte) 0);
  }

  /** Appends a bitmap of {@code bits} ones, and zeros to the end of the last byte. */
  void ones(int bits) throws IOException {
    constant(ones, bits, (bits + 7) >> 3, (byte) 0xff);
  }

  private void constant(Map<Long, byte[]> frames, long key, long length, byte fill)
      throws IOException {
    byte[] frame = frames.get(key);
    if (frame != null) {
      count(length);
      reserve(frame.length);
      target.bytes().put(position, frame);
      advance(frame.length);
      return;
    }
    ByteBuffer from = source(length);
    MemorySegment.ofBuffer(from).asSlice(0, length).fill(fill);
    if (fill != 0 && (key & 7) != 0) {
      from.put((int) length - 1, (byte) ((1 << (key & 7)) - 1));
    }
    int start = position;
    int stored = compress((int) length);
    if (stored <= KEPT_FRAME_LENGTH) {
      if (frames.size() == KEPT_FRAMES) {
        frames.clear(); // deterministic all the same: a frame is a function of its length
      }
      frame = new byte[stored];
      target.bytes().get(start, frame);
      frames.put(key, frame);
    }
  }

  /** Appends a buffer. */
  void bytes(byte[] values, int length) throws IOException {
    source(length).put(0, values, 0, length);
    compress(length);
  }

  /** Appends a buffer. */
  void ints(int[] values, int count) throws IOException {
    source(4L * count).clear().asIntBuffer().put(0, values, 0, count);
    compress(4 * count);
  }

  /** Appends a buffer. */
  void longs(long[] values, int count) throws IOException {
    source(8L * count).clear().asLongBuffer().put(0, values, 0, count);
    compress(8 * count);
  }

  private ByteBuffer source(long length) throws IOException {
    requireAtMost(length, ArchiveFormat.MAX_DECODED_BUFFER_LENGTH, "a buffer");
    source.require(length, 0);
    return source.bytes();
  }

  /**
   * Appends the source's first bytes, compressed unless that makes them longer.
   *
   * @return stored bytes without padding
   */
  private int compress(int length) throws IOException {
    count(length);
    if (length == 0) {
      reserve(LENGTH_PREFIX);
      target.bytes().putLong(position, 0);
      advance(LENGTH_PREFIX);
      return LENGTH_PREFIX;
    }
    int bound = (int) Zstd.compressBound(length);
    reserve(LENGTH_PREFIX + bound);
    ByteBuffer to = target.bytes();
    int stored =
        context.compressDirectByteBuffer(
            to, position + LENGTH_PREFIX, bound, source.bytes(), 0, length);
    if (stored > length) {
      to.putLong(position, STORED_RAW).put(position + LENGTH_PREFIX, source.bytes(), 0, length);
      stored = length;
    } else {
      to.putLong(position, length);
    }
    advance(LENGTH_PREFIX + stored);
    return LENGTH_PREFIX + stored;
  }

  private void count(long length) throws IOException {
    decodedLength += length;
    requireAtMost(decodedLength, MAX_DECODED_LENGTH, "all buffers together");
  }

  private void reserve(int length) throws IOException {
    target.require((long) position + length + ArchiveFormat.ALIGNMENT, position);
  }

  private void advance(int length) {
    places[placesLength++] = (long) position - body;
    int aligned = (int) ArchiveFormat.align(length);
    places[placesLength++] = length;
    zero(position + length, position + aligned);
    position += aligned;
  }

  private void zero(int from, int to) {
    for (int i = from; i < to; i++) {
      target.bytes().put(i, (byte) 0);
    }
  }

  private static void requireAtMost(long length, long limit, String what) throws IOException {
    if (length > limit) {
      throw new IOException(
          what + " of a batch of the index: " + length + " bytes, the limit is " + limit);
    }
  }

  private ByteBuffer metadata(int rows, long bodyLength) {
    builder.clear();
    RecordBatch.startNodesVector(builder, nodesLength / 2);
    for (int i = nodesLength - 2; i >= 0; i -= 2) {
      FieldNode.createFieldNode(builder, nodes[i], nodes[i + 1]);
    }
    int ofNodes = builder.endVector();
    RecordBatch.startBuffersVector(builder, placesLength / 2);
    for (int i = placesLength - 2; i >= 0; i -= 2) {
      Buffer.createBuffer(builder, places[i], places[i + 1]);
    }
    int ofBuffers = builder.endVector();
    int compression =
        BodyCompression.createBodyCompression(
            builder, CompressionType.ZSTD, BodyCompressionMethod.BUFFER);
    RecordBatch.startRecordBatch(builder);
    RecordBatch.addLength(builder, rows);
    RecordBatch.addNodes(builder, ofNodes);
    RecordBatch.addBuffers(builder, ofBuffers);
    RecordBatch.addCompression(builder, compression);
    int header = RecordBatch.endRecordBatch(builder);
    IpcMessages.finishMessage(builder, MessageHeader.RecordBatch, header, bodyLength);
    return builder.dataBuffer();
  }

  /** Frees native memory, and gives back the buffer that it took. Idempotent. */
  @Override
  public void close() {
    context.close();
    source.close();
  }
}
