package io.packhouse.engine.index;

import com.google.flatbuffers.FlatBufferBuilder;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.index.BufferCompressor.Content;
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
 * Writes Arrow record batch messages, their buffers compressed one by one. One thread at a time.
 *
 * <pre>
 * start        FF FF FF FF, int32 metadata length
 * start + 8    metadata flatbuffer, whose length follows from the number of nodes and buffers alone
 * body         per buffer: int64 decoded length, a zstd frame; or int64 −1, the bytes; padded to 8
 * </pre>
 *
 * <p>A buffer that is equal to one before it in the batch is not stored again: both name the same
 * bytes. Most of a batch's buffers are constant, since most columns are null in all rows or in
 * none; columns say so by {@link #zeros} and {@link #ones}, and these are compressed once for every
 * length.
 */
final class RecordBatchWriter implements AutoCloseable {
  /** What readers accept of a batch's buffers together, decoded. */
  private static final long MAX_DECODED_LENGTH = 1L << 30;

  private static final int LENGTH_PREFIX = 8;
  private static final long STORED_RAW = -1;

  /** How many bytes of frames of patterns are kept, and of one. */
  private static final int KEPT_FRAMES_LENGTH = 1 << 20;

  private static final int KEPT_FRAME_LENGTH = 64 << 10;

  /** What is known of a buffer that is in the batch. */
  private sealed interface Key permits Pattern, Contents, Stored {}

  /**
   * A buffer that follows from two numbers.
   *
   * @param step between int32 from 0 on; or {@link #ZEROS}, {@link #ONES}
   * @param length how many int32; bytes; bits
   */
  private record Pattern(int step, long length) implements Key {
    static final int ZEROS = 0;
    static final int ONES = -1;
  }

  /** A buffer of the stored batch, by where it is there. */
  private record Stored(long offset, int length) implements Key {}

  /** The digest of a buffer's bytes. */
  private record Contents(long a, long b, long c, long d) implements Key {}

  private final BufferCompressor compressor = new BufferCompressor();
  private final FlatBufferBuilder builder = new FlatBufferBuilder();
  private final Hasher hasher;
  private final byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
  private final ByteBuffer digestLongs = ByteBuffer.wrap(digest);
  private final IpcBuffers buffers;

  /** Frames of patterns, from batch to batch, and how long they are together. */
  private final Map<Pattern, byte[]> frames = new HashMap<>();

  private int framesLength;

  /** Where in {@link #places} the batch's buffers are. */
  private final Map<Key, Integer> written = new HashMap<>();

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

  /**
   * @param hasher stays the caller's, as {@code buffers} do
   */
  RecordBatchWriter(IpcBuffers buffers, Hasher hasher) {
    this.buffers = buffers;
    this.hasher = hasher;
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
    int start = begin(schema, out);
    for (Column column : columns) {
      column.write(rows, this);
    }
    end(start, rows);
  }

  /**
   * Appends a message of a batch that is stored, with another column in place of one of its own;
   * the buffers of the others are taken over as they are.
   *
   * @param stored of {@code schema}, its bodies compressed by zstd, and what it says of its buffers
   *     checked
   * @param storedBody what follows its metadata
   * @param replaced which column
   * @throws IOException if readers would refuse so large a batch
   */
  void write(
      TableSchema schema,
      RecordBatch stored,
      ByteBuffer storedBody,
      int replaced,
      Column column,
      IpcBuffer out)
      throws IOException {
    int rows = (int) stored.length();
    int start = begin(schema, out);
    int node = 0;
    int buffer = 0;
    for (int i = 0; i < schema.fields().size(); i++) {
      Field field = schema.fields().get(i);
      if (i == replaced) {
        column.write(rows, this);
      } else {
        for (int n = node; n < node + field.count(); n++) {
          node(stored.nodes(n).length(), stored.nodes(n).nullCount());
        }
        for (int b = buffer; b < buffer + field.buffers(); b++) {
          copy(storedBody, stored.buffers(b));
        }
      }
      node += field.count();
      buffer += field.buffers();
    }
    end(start, rows);
  }

  /** Appends a stored buffer, or names it again. */
  private void copy(ByteBuffer storedBody, Buffer buffer) throws IOException {
    int length = (int) buffer.length();
    if (!writtenBefore(new Stored(buffer.offset(), length), 0)) {
      reserve(length);
      target.bytes().put(position, storedBody, (int) buffer.offset(), length);
      advance(length);
    }
  }

  private int begin(TableSchema schema, IpcBuffer out) throws IOException {
    int start = (int) out.length();
    int metadataLength = metadataLength(schema);
    target = out;
    body = start + IpcMessages.PREFIX_LENGTH + metadataLength;
    position = body;
    nodesLength = 0;
    placesLength = 0;
    decodedLength = 0;
    written.clear();
    out.require(body, start);
    return start;
  }

  private void end(int start, int rows) throws IOException {
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
    target
        .bytes()
        .putInt(start, ArchiveFormat.CONTINUATION_MARKER)
        .putInt(start + 4, body - at)
        .put(at, metadata, metadata.position(), metadata.remaining());
    zero(end, body);
    target.length(position);
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
    Pattern pattern = new Pattern(Pattern.ZEROS, length);
    if (!writtenBefore(pattern, length) && !kept(pattern, length)) {
      MemorySegment.ofBuffer(source(length)).asSlice(0, length).fill((byte) 0);
      keep(pattern, compress(Content.NUMBERS, (int) length));
    }
  }

  /** Appends a bitmap of {@code bits} ones, and zeros to the end of the last byte. */
  void ones(int bits) throws IOException {
    Pattern pattern = new Pattern(Pattern.ONES, bits);
    int length = (bits + 7) >> 3;
    if (!writtenBefore(pattern, length) && !kept(pattern, length)) {
      ByteBuffer from = source(length);
      MemorySegment.ofBuffer(from).asSlice(0, length).fill((byte) 0xff);
      if ((bits & 7) != 0) {
        from.put(length - 1, (byte) ((1 << (bits & 7)) - 1));
      }
      keep(pattern, compress(Content.NUMBERS, length));
    }
  }

  /** Appends a buffer of where texts or lists end, from 0 on. */
  void offsets(int[] ends, int count) throws IOException {
    int step = step(ends, count);
    if (step <= 0) {
      put(ends, count);
      share(Content.OFFSETS, 4 * count);
      return;
    }
    Pattern pattern = new Pattern(step, count);
    if (writtenBefore(pattern, 4L * count) || kept(pattern, 4L * count)) {
      return;
    }
    if (StepFrame.isFor(step, count)) {
      keep(pattern, frame(StepFrame.encode(step, count), 4 * count));
    } else {
      put(ends, count);
      keep(pattern, compress(Content.OFFSETS, 4 * count));
    }
  }

  /** By how much each is more than the one before, 0 unless it is the same for all. */
  private static int step(int[] ends, int count) {
    int step = count < 2 ? 0 : ends[1];
    for (int i = 2; i < count; i++) {
      if (ends[i] - ends[i - 1] != step) {
        return 0;
      }
    }
    return step;
  }

  /** Appends a buffer of text, or of other bytes that are alike from row to row. */
  void text(byte[] values, int length) throws IOException {
    source(length).put(0, values, 0, length);
    share(Content.TEXT, length);
  }

  /** Appends a buffer of bits. */
  void bits(byte[] values, int length) throws IOException {
    source(length).put(0, values, 0, length);
    share(Content.NUMBERS, length);
  }

  /** Appends a buffer of digests, which is like no other. */
  void digests(byte[] values, int length) throws IOException {
    source(length).put(0, values, 0, length);
    compress(Content.NUMBERS, length);
  }

  /** Appends a buffer. */
  void ints(int[] values, int count) throws IOException {
    put(values, count);
    share(Content.NUMBERS, 4 * count);
  }

  /** Appends a buffer. */
  void longs(long[] values, int count) throws IOException {
    source(8L * count).clear().asLongBuffer().put(0, values, 0, count);
    share(Content.NUMBERS, 8 * count);
  }

  private void put(int[] values, int count) throws IOException {
    source(4L * count).clear().asIntBuffer().put(0, values, 0, count);
  }

  private ByteBuffer source(long length) throws IOException {
    requireAtMost(length, ArchiveFormat.MAX_DECODED_BUFFER_LENGTH, "a buffer");
    source.require(length, 0);
    return source.bytes();
  }

  /** Names the buffer of these contents again, if the batch has it. */
  private boolean writtenBefore(Key key, long length) throws IOException {
    Integer place = written.putIfAbsent(key, placesLength);
    if (place == null) {
      return false;
    }
    count(length);
    places[placesLength++] = places[place];
    places[placesLength++] = places[place + 1];
    return true;
  }

  /** Appends the frame of a pattern, if it was kept from another batch. */
  private boolean kept(Pattern pattern, long length) throws IOException {
    byte[] frame = frames.get(pattern);
    if (frame == null) {
      return false;
    }
    count(length);
    reserve(frame.length);
    target.bytes().put(position, frame);
    advance(frame.length);
    return true;
  }

  /** Keeps what was appended last, {@code stored} bytes without padding. */
  private void keep(Pattern pattern, int stored) {
    if (stored > KEPT_FRAME_LENGTH) {
      return;
    }
    if (framesLength + stored > KEPT_FRAMES_LENGTH) {
      frames.clear(); // deterministic all the same: a frame is a function of its pattern
      framesLength = 0;
    }
    byte[] frame = new byte[stored];
    target.bytes().get(body + (int) places[placesLength - 2], frame);
    frames.put(pattern, frame);
    framesLength += stored;
  }

  /** Appends the source's first bytes, unless a buffer before is equal. */
  private void share(Content content, int length) throws IOException {
    hasher.hash(MemorySegment.ofBuffer(source.bytes().clear()), 0, length, digest, 0);
    Contents contents =
        new Contents(
            digestLongs.getLong(0),
            digestLongs.getLong(8),
            digestLongs.getLong(16),
            digestLongs.getLong(24));
    if (!writtenBefore(contents, length)) {
      compress(content, length);
    }
  }

  /**
   * Appends the source's first bytes, compressed unless that makes them longer.
   *
   * @return stored bytes without padding
   */
  private int compress(Content content, int length) throws IOException {
    count(length);
    if (length == 0) {
      reserve(LENGTH_PREFIX);
      target.bytes().putLong(position, 0);
      advance(LENGTH_PREFIX);
      return LENGTH_PREFIX;
    }
    reserve(LENGTH_PREFIX + BufferCompressor.bound(length));
    ByteBuffer to = target.bytes();
    int stored = compressor.compress(content, to, position + LENGTH_PREFIX, source.bytes(), length);
    if (stored > length) {
      to.putLong(position, STORED_RAW).put(position + LENGTH_PREFIX, source.bytes(), 0, length);
      stored = length;
    } else {
      to.putLong(position, length);
    }
    advance(LENGTH_PREFIX + stored);
    return LENGTH_PREFIX + stored;
  }

  /** Appends a frame that decodes to {@code length} bytes. */
  private int frame(byte[] frame, int length) throws IOException {
    count(length);
    reserve(LENGTH_PREFIX + frame.length);
    target.bytes().putLong(position, length).put(position + LENGTH_PREFIX, frame);
    advance(LENGTH_PREFIX + frame.length);
    return LENGTH_PREFIX + frame.length;
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
    compressor.close();
    source.close();
  }
}
