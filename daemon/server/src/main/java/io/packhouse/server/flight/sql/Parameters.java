package io.packhouse.server.flight.sql;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.flight.wire.FlightMessages;
import io.packhouse.server.grpc.Failures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flight.impl.Flight.FlightData;

/**
 * Gathers the values of parameters, which come as Flight has them, as an Arrow IPC stream. Only
 * what frames them is looked at: the process that runs the query reads the values.
 */
final class Parameters {
  /** Bytes of all values: they go into tickets. */
  static final int MAX_BYTES = 1 << 20;

  private static final String FIELD = "parameters";
  private static final int CONTINUATION = -1;

  private final int expected;
  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private int columns = -1;
  private long rows;

  /**
   * @param expected how many parameters the statement has
   */
  Parameters(int expected) {
    this.expected = expected;
  }

  /** How many columns an encapsulated schema has. */
  static int count(byte[] schema) {
    ByteBuffer bytes = ByteBuffer.wrap(schema).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < 2 * Integer.BYTES) {
      return 0;
    }
    // Newer streams have a continuation before the length.
    int metadata = bytes.getInt(0) == CONTINUATION ? 2 * Integer.BYTES : Integer.BYTES;
    return columns(Message.getRootAsMessage(bytes.slice(metadata, bytes.limit() - metadata)));
  }

  /** No more than the number: fields may have children, as deep as whoever made them wants. */
  private static int columns(Message message) {
    Schema schema = (Schema) message.header(new Schema());
    return schema == null ? 0 : schema.fieldsLength();
  }

  /**
   * Takes a message.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT if it is none that can come here
   */
  void add(FlightData data) throws IOException {
    ByteString header = data.getDataHeader();
    ByteString body = data.getDataBody();
    if (header.isEmpty()) {
      // A descriptor may come alone.
      return;
    }
    if ((long) stream.size() + header.size() + body.size() > MAX_BYTES) {
      throw Failures.badField(FIELD, "have more than " + MAX_BYTES + " bytes");
    }
    try {
      // Not the read-only view of a string of bytes: flatbuffers take arrays faster and alike.
      Message message = Message.getRootAsMessage(ByteBuffer.wrap(header.toByteArray()));
      if (message.bodyLength() != body.size()) {
        throw Failures.badField(FIELD, "come with a body of another length than they say");
      }
      take(message);
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | UnsupportedOperationException e) {
      throw Failures.badField(FIELD, "are no Arrow messages");
    }
    int padding = -header.size() & 7;
    ByteBuffer frame =
        ByteBuffer.allocate(2 * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(CONTINUATION)
            .putInt(header.size() + padding);
    stream.writeBytes(frame.array());
    header.writeTo(stream);
    FlightMessages.zeros(padding).writeTo(stream);
    body.writeTo(stream);
    FlightMessages.zeros(-body.size() & 7).writeTo(stream);
  }

  private void take(Message message) {
    switch (message.headerType()) {
      case MessageHeader.Schema -> {
        if (columns >= 0) {
          throw Failures.badField(FIELD, "have two schemas");
        }
        columns = columns(message);
        if (columns != expected) {
          throw Failures.badField(FIELD, "are " + columns + ", but the statement has " + expected);
        }
      }
      case MessageHeader.RecordBatch -> {
        if (columns < 0) {
          throw Failures.badField(FIELD, "come before their schema");
        }
        RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
        rows += batch == null ? 0 : batch.length();
        if (rows > 1) {
          throw Failures.badField(
              FIELD, "have " + rows + " rows: a statement is run with one at a time");
        }
      }
      default -> throw Failures.badField(FIELD, "must be plain: dictionaries are not taken");
    }
  }

  /**
   * All of them, as a stream; of no bytes if there is no parameter.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT if a row is missing
   */
  byte[] finish() {
    if (expected == 0) {
      return new byte[0];
    }
    if (rows != 1) {
      throw Failures.badField(FIELD, "have no row");
    }
    ByteBuffer end = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    stream.writeBytes(end.putInt(CONTINUATION).putInt(0).array());
    return stream.toByteArray();
  }
}
