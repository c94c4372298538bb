package io.packhouse.engine.index;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Turns rows into encapsulated Arrow messages with zstd-compressed bodies. One thread at a time;
 * each worker has one, so batches are encoded side by side.
 */
public final class BatchEncoder implements AutoCloseable {
  private final BufferAllocator allocator;
  private final Schema schema;
  private final ZstdBufferCodec codec = new ZstdBufferCodec();
  private final Hasher hasher = Blake3.system().newHasher();

  /**
   * @param schema of the index
   * @param allocator stays the caller's
   */
  public BatchEncoder(Schema schema, BufferAllocator allocator) {
    this.schema = schema;
    this.allocator = allocator;
  }

  /**
   * Encodes rows of one group.
   *
   * @param rows at least one, in ascending order of paths unless nested
   */
  public EncodedBatch encode(List<EntryRow> rows) throws IOException {
    List<EntryRow> ordered = rows;
    EntryRow.Group group = rows.getFirst().group();
    if (group.nested()) {
      // The walk's order is that of the outer paths; "!/" may sort otherwise.
      ordered = new ArrayList<>(rows);
      ordered.sort((left, right) -> Arrays.compareUnsigned(left.path(), right.path()));
    }
    IpcBuffer message = new IpcBuffer(allocator);
    try (BatchVectors vectors = new BatchVectors(schema, allocator)) {
      write(vectors.fill(ordered), new WriteChannel(message));
      byte[] digest = digest(message);
      return new EncodedBatch(
          message,
          ordered.size(),
          group,
          ordered.getFirst().path(),
          ordered.getLast().path(),
          digest);
    } catch (Throwable e) {
      message.close();
      throw e;
    }
  }

  /** The schema message of the index, which starts an archive after its magic. */
  public static void writeSchema(Schema schema, WriteChannel out) throws IOException {
    MessageSerializer.serialize(out, schema);
  }

  /**
   * Encodes a whole Arrow stream: schema, the batches that {@code fill} makes, end-of-stream.
   *
   * @param rows in all; {@code fill} is asked for at most 65,536 at a time
   */
  IpcBuffer encodeStream(Schema streamSchema, long rows, StreamFiller fill) throws IOException {
    IpcBuffer stream = new IpcBuffer(allocator);
    try (VectorSchemaRoot root = VectorSchemaRoot.create(streamSchema, allocator)) {
      WriteChannel out = new WriteChannel(stream);
      MessageSerializer.serialize(out, streamSchema);
      for (long first = 0; first < rows; first += ArchiveFormat.MAX_BATCH_ROWS) {
        int count = (int) Math.min(rows - first, ArchiveFormat.MAX_BATCH_ROWS);
        root.allocateNew();
        fill.fill(root, first, count);
        root.setRowCount(count);
        write(root, out);
        root.clear();
      }
      stream.write(
          ByteBuffer.allocate(ArchiveFormat.END_OF_STREAM_LENGTH)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(ArchiveFormat.CONTINUATION_MARKER)
              .putInt(0)
              .flip());
      return stream;
    } catch (Throwable e) {
      stream.close();
      throw e;
    }
  }

  /** Digest of all bytes of {@code buffer}. */
  byte[] digest(IpcBuffer buffer) {
    byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
    hasher.hash(buffer.segment(), 0, buffer.length(), digest, 0);
    return digest;
  }

  private void write(VectorSchemaRoot root, WriteChannel out) throws IOException {
    VectorUnloader unloader = new VectorUnloader(root, true, codec, true);
    try (ArrowRecordBatch batch = unloader.getRecordBatch()) {
      MessageSerializer.serialize(out, batch);
    }
  }

  /** Frees native memory. Idempotent. */
  @Override
  public void close() {
    hasher.close();
    codec.close();
  }

  /** Fills vectors with rows {@code [first, first + count)} of a table. */
  interface StreamFiller {
    void fill(VectorSchemaRoot root, long first, int count);
  }
}
