package io.packhouse.server.flight.sql;

import com.google.protobuf.UnsafeByteOperations;
import io.packhouse.sql.SqlException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.jspecify.annotations.Nullable;

/**
 * Takes an Arrow IPC stream apart into its messages, by its framing alone:
 *
 * <pre>
 * FF FF FF FF | length of metadata, int32 LE | metadata: a Message flatbuffer | body
 * FF FF FF FF | 0: the end
 * </pre>
 *
 * What is longer than a stream of ours has is refused before there is memory for it.
 */
final class MessageStream {
  /** Bytes of metadata: a few for each column and buffer. */
  private static final int MAX_METADATA = 4 << 20;

  /** Bytes of a body: of 3 MiB where rows allow, more where a row is larger. */
  static final int MAX_BODY = 16 << 20;

  private final InputStream in;

  MessageStream(InputStream in) {
    this.in = in;
  }

  /**
   * The next message; null at the end, which is read, so that what fails there is told.
   *
   * @throws SqlException LIMIT for a row that is too large
   */
  @Nullable FlightData next() throws IOException {
    ByteBuffer head = read(2 * Integer.BYTES);
    int continuation = head.getInt();
    int length = head.getInt();
    if (continuation != -1 || length < 0 || length > MAX_METADATA) {
      throw new IOException(
          "a result is no Arrow stream, continuation=" + continuation + ", metadata=" + length);
    }
    if (length == 0) {
      if (in.read() >= 0) {
        throw new IOException("a result goes on after its end");
      }
      return null;
    }
    ByteBuffer metadata = read(length);
    long body = bodyLength(metadata);
    if (body > MAX_BODY) {
      throw new SqlException(
          SqlException.Reason.LIMIT,
          "a row of the result, or a few, have " + body + " bytes, more than " + MAX_BODY);
    }
    FlightData.Builder data =
        FlightData.newBuilder().setDataHeader(UnsafeByteOperations.unsafeWrap(metadata));
    if (body > 0) {
      data.setDataBody(UnsafeByteOperations.unsafeWrap(read((int) body)));
    }
    return data.build();
  }

  private static long bodyLength(ByteBuffer metadata) throws IOException {
    long length;
    try {
      length = Message.getRootAsMessage(metadata.duplicate().order(metadata.order())).bodyLength();
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("a message of a result is damaged", e);
    }
    if (length < 0) {
      throw new IOException("a message of a result is damaged, body=" + length);
    }
    return length;
  }

  private ByteBuffer read(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("a result ends before its last message");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
