package io.packhouse.sql.worker;

import io.packhouse.engine.read.StoredIndex;
import io.packhouse.engine.read.parts.DirectoryRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The batches of an archive's index, or of its blob table, as they were checked by the engine. */
final class ArchiveBatches extends ArrowReader {
  /** Gives the next batches to a taker. */
  private interface Source {
    boolean next(StoredIndex.Taker taker) throws IOException;
  }

  private final Schema all;

  /** All, if empty. */
  private final Set<String> columns;

  private final Source source;
  private final Queue<ArrowRecordBatch> waiting = new ArrayDeque<>();
  private long bytes;
  private @Nullable IOException failure;

  private ArchiveBatches(
      BufferAllocator allocator, ByteBuffer schema, Set<String> columns, Source source) {
    super(allocator, CommonsCompressionFactory.INSTANCE);
    this.all = schema(schema);
    this.columns = columns;
    this.source = source;
  }

  /** The rows of some batches of the index, in these columns. */
  static ArchiveBatches ofIndex(
      BufferAllocator allocator, StoredIndex index, List<DirectoryRow> batches, Set<String> columns)
      throws IOException {
    Iterator<DirectoryRow> rows = batches.iterator();
    return new ArchiveBatches(
        allocator,
        index.schema(),
        columns,
        taker -> {
          if (!rows.hasNext()) {
            return false;
          }
          index.batch(rows.next(), taker);
          return true;
        });
  }

  /** The rows of the blob table. It is one block in the archive, so its batches wait in memory. */
  static ArchiveBatches ofBlobs(BufferAllocator allocator, StoredIndex index) throws IOException {
    Iterator<StoredIndex> once = List.of(index).iterator();
    return new ArchiveBatches(
        allocator,
        index.blobSchema(),
        Set.of(),
        taker -> {
          if (!once.hasNext()) {
            return false;
          }
          once.next().blobTable(taker);
          return true;
        });
  }

  /** The columns of an index. */
  static Schema schema(StoredIndex index) throws IOException {
    return schema(index.schema());
  }

  private static Schema schema(ByteBuffer message) {
    return MessageSerializer.deserializeSchema(Message.getRootAsMessage(message));
  }

  @Override
  protected Schema readSchema() {
    return new Schema(all.getFields().stream().filter(this::isWanted).toList());
  }

  private boolean isWanted(Field column) {
    return columns.isEmpty() || columns.contains(column.getName());
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    while (waiting.isEmpty()) {
      try {
        if (!source.next(this::take)) {
          return false;
        }
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
    VectorSchemaRoot root = getVectorSchemaRoot();
    try (ArrowRecordBatch batch = waiting.remove();
        ArrowRecordBatch wanted = wanted(batch)) {
      new VectorLoader(root, CommonsCompressionFactory.INSTANCE).load(wanted);
    }
    VectorCheck.check(root);
    return true;
  }

  /** A batch with the wanted columns' buffers alone: the others need not be decompressed. */
  private ArrowRecordBatch wanted(ArrowRecordBatch batch) throws IOException {
    List<ArrowFieldNode> nodes = new ArrayList<>();
    List<ArrowBuf> buffers = new ArrayList<>();
    int node = 0;
    int buffer = 0;
    for (Field column : all.getFields()) {
      int nodeEnd = node + nodes(column);
      int bufferEnd = buffer + buffers(column);
      if (nodeEnd > batch.getNodes().size() || bufferEnd > batch.getBuffers().size()) {
        throw new IOException("a batch has fewer buffers than its schema says");
      }
      if (isWanted(column)) {
        nodes.addAll(batch.getNodes().subList(node, nodeEnd));
        buffers.addAll(batch.getBuffers().subList(buffer, bufferEnd));
      }
      node = nodeEnd;
      buffer = bufferEnd;
    }
    return new ArrowRecordBatch(
        batch.getLength(), nodes, buffers, batch.getBodyCompression(), true);
  }

  private static int nodes(Field field) {
    return 1 + field.getChildren().stream().mapToInt(ArchiveBatches::nodes).sum();
  }

  private static int buffers(Field field) {
    return TypeLayout.getTypeBufferCount(field.getType())
        + field.getChildren().stream().mapToInt(ArchiveBatches::buffers).sum();
  }

  /**
   * Throws what went wrong while reading, if anything did: of which whoever reads through C has
   * only the text.
   */
  void rethrow() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private void take(ByteBuffer metadata, ByteBuffer body) throws IOException {
    Message message = Message.getRootAsMessage(metadata);
    if (message.headerType() == org.apache.arrow.flatbuf.MessageHeader.Schema) {
      return;
    }
    ArrowBuf buffer = allocator.buffer(body.remaining());
    try {
      buffer.setBytes(0, body.duplicate());
      buffer.writerIndex(body.remaining());
      bytes += body.remaining();
      // Takes the buffer over.
      waiting.add(MessageSerializer.deserializeRecordBatch(message, buffer));
    } catch (Throwable e) {
      buffer.close();
      throw e;
    }
  }

  @Override
  public long bytesRead() {
    return bytes;
  }

  @Override
  protected void closeReadSource() {
    waiting.forEach(ArrowRecordBatch::close);
    waiting.clear();
  }
}
