package io.packhouse.server.flight;

import com.google.flatbuffers.FlatBufferBuilder;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.packhouse.server.flight.wire.FlightMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Some columns of stored record batches, which stay as they are: compressed, and buffers that
 * columns share are sent once. A new message names the buffers that are left. Immutable.
 */
final class StoredColumns {
  private final Schema schema;
  private final boolean all;

  /** Numbers of the field nodes and of the buffers that are left, in ascending order. */
  private final int[] nodes;

  private final int[] buffers;

  /** A buffer in a stored body. */
  private record Stored(long offset, long length) {}

  private StoredColumns(Schema schema, boolean all, List<Integer> nodes, List<Integer> buffers) {
    this.schema = schema;
    this.all = all;
    this.nodes = nodes.stream().mapToInt(Integer::intValue).toArray();
    this.buffers = buffers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Those columns of a schema whose names are {@code wanted}. */
  static StoredColumns of(Schema stored, Predicate<String> wanted) {
    List<Field> fields = new ArrayList<>();
    List<Integer> nodes = new ArrayList<>();
    List<Integer> buffers = new ArrayList<>();
    int node = 0;
    int buffer = 0;
    for (Field field : stored.getFields()) {
      int endNode = node + nodeCount(field);
      int endBuffer = buffer + bufferCount(field);
      if (wanted.test(field.getName())) {
        fields.add(field);
        for (int i = node; i < endNode; i++) {
          nodes.add(i);
        }
        for (int i = buffer; i < endBuffer; i++) {
          buffers.add(i);
        }
      }
      node = endNode;
      buffer = endBuffer;
    }
    boolean all = fields.size() == stored.getFields().size();
    Schema schema = all ? stored : new Schema(fields, stored.getCustomMetadata());
    return new StoredColumns(schema, all, nodes, buffers);
  }

  private static int nodeCount(Field field) {
    return 1 + field.getChildren().stream().mapToInt(StoredColumns::nodeCount).sum();
  }

  private static int bufferCount(Field field) {
    return TypeLayout.getTypeBufferCount(field.getType())
        + field.getChildren().stream().mapToInt(StoredColumns::bufferCount).sum();
  }

  /** The schema of what is left. */
  Schema schema() {
    return schema;
  }

  /**
   * A stored batch as a message of a stream.
   *
   * @param metadata of the stored message
   * @param body of it; the result shares its memory
   * @throws IOException if the message is not of the schema
   */
  FlightMessages.Batch batch(ByteBuffer metadata, ByteBuffer body) throws IOException {
    if (all) {
      return new FlightMessages.Batch(
          UnsafeByteOperations.unsafeWrap(metadata.slice()),
          UnsafeByteOperations.unsafeWrap(body.slice()));
    }
    try {
      return project(metadata, body);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("an index batch is not of its schema", e);
    }
  }

  private FlightMessages.Batch project(ByteBuffer metadata, ByteBuffer body) throws IOException {
    Message message = Message.getRootAsMessage(metadata.slice().order(ByteOrder.LITTLE_ENDIAN));
    RecordBatch stored = (RecordBatch) message.header(new RecordBatch());
    if (stored == null || message.headerType() != MessageHeader.RecordBatch) {
      throw new IOException("an index batch is no Arrow record batch");
    }
    long[] offsets = new long[buffers.length];
    long[] lengths = new long[buffers.length];
    Map<Stored, Long> placed = new HashMap<>();
    ByteString parts = ByteString.EMPTY;
    for (int i = 0; i < buffers.length; i++) {
      Buffer buffer = buffer(stored, buffers[i]);
      lengths[i] = buffer.length();
      Stored place = new Stored(buffer.offset(), buffer.length());
      Long before = placed.get(place);
      if (before != null || buffer.length() == 0) {
        offsets[i] = before == null ? parts.size() : before;
        continue;
      }
      offsets[i] = parts.size();
      placed.put(place, offsets[i]);
      ByteBuffer part =
          body.slice(Math.toIntExact(buffer.offset()), Math.toIntExact(buffer.length()));
      parts = parts.concat(UnsafeByteOperations.unsafeWrap(part));
      int padding = -parts.size() & 7;
      parts = parts.concat(FlightMessages.zeros(padding));
    }
    return new FlightMessages.Batch(header(stored, offsets, lengths, parts.size()), parts);
  }

  private static Buffer buffer(RecordBatch stored, int ordinal) throws IOException {
    Buffer buffer = ordinal < stored.buffersLength() ? stored.buffers(ordinal) : null;
    if (buffer == null) {
      throw new IOException("an index batch has too few buffers");
    }
    return buffer;
  }

  private ByteString header(RecordBatch stored, long[] offsets, long[] lengths, long bodyLength)
      throws IOException {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int compression = 0;
    BodyCompression codec = stored.compression();
    if (codec != null) {
      compression = BodyCompression.createBodyCompression(builder, codec.codec(), codec.method());
    }
    RecordBatch.startNodesVector(builder, nodes.length);
    for (int i = nodes.length - 1; i >= 0; i--) {
      FieldNode node = nodes[i] < stored.nodesLength() ? stored.nodes(nodes[i]) : null;
      if (node == null) {
        throw new IOException("an index batch has too few field nodes");
      }
      FieldNode.createFieldNode(builder, node.length(), node.nullCount());
    }
    int nodeVector = builder.endVector();
    RecordBatch.startBuffersVector(builder, offsets.length);
    for (int i = offsets.length - 1; i >= 0; i--) {
      Buffer.createBuffer(builder, offsets[i], lengths[i]);
    }
    int bufferVector = builder.endVector();
    RecordBatch.startRecordBatch(builder);
    RecordBatch.addLength(builder, stored.length());
    RecordBatch.addNodes(builder, nodeVector);
    RecordBatch.addBuffers(builder, bufferVector);
    if (codec != null) {
      RecordBatch.addCompression(builder, compression);
    }
    int header = RecordBatch.endRecordBatch(builder);
    Message.startMessage(builder);
    Message.addHeaderType(builder, MessageHeader.RecordBatch);
    Message.addHeader(builder, header);
    Message.addVersion(builder, MetadataVersion.V5);
    Message.addBodyLength(builder, bodyLength);
    builder.finish(Message.endMessage(builder));
    return FlightMessages.padded(builder.dataBuffer());
  }
}
