package io.packhouse.server.flight.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** Arrow messages as Flight has them: without what goes before them in a stream. */
public final class FlightMessages {
  private static final ByteString ZEROS = UnsafeByteOperations.unsafeWrap(new byte[8]);

  private FlightMessages() {}

  /**
   * A record batch.
   *
   * @param metadata the {@code Message} flatbuffer
   * @param body may share memory that is valid for a while only
   */
  public record Batch(ByteString metadata, ByteString body) {
    public FlightData data() {
      return FlightData.newBuilder().setDataHeader(metadata).setDataBody(body).build();
    }
  }

  /** At most 7 zero bytes. */
  public static ByteString zeros(int count) {
    return ZEROS.substring(0, count);
  }

  /** A flatbuffer, padded to a multiple of 8. */
  public static ByteString padded(ByteBuffer flatbuffer) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(flatbuffer.slice());
    return bytes.concat(zeros(-bytes.size() & 7));
  }

  /** The message that begins a stream. */
  public static FlightData schema(Schema schema) {
    ByteBuffer metadata = MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT);
    return FlightData.newBuilder().setDataHeader(padded(metadata)).build();
  }

  /** A schema as {@code FlightInfo} and {@code SchemaResult} have it: an encapsulated message. */
  public static ByteString encapsulated(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return UnsafeByteOperations.unsafeWrap(bytes.toByteArray());
  }

  /** The schema that a schema message has. */
  public static Schema parseSchema(ByteBuffer metadata) {
    return MessageSerializer.deserializeSchema(Message.getRootAsMessage(metadata));
  }

  /** The rows of vectors; a copy. */
  public static FlightData rows(VectorSchemaRoot root) {
    try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      ByteBuffer metadata = MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT);
      byte[] body = new byte[Math.toIntExact(batch.computeBodyLength())];
      for (int i = 0; i < batch.getBuffers().size(); i++) {
        ArrowBuf buffer = batch.getBuffers().get(i);
        int at = (int) batch.getBuffersLayout().get(i).getOffset();
        buffer.getBytes(buffer.readerIndex(), body, at, (int) buffer.readableBytes());
      }
      return new Batch(padded(metadata), UnsafeByteOperations.unsafeWrap(body)).data();
    }
  }
}
