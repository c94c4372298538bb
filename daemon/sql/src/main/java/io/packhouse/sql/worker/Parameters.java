package io.packhouse.sql.worker;

import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;

/** What a statement's parameters are bound to. */
final class Parameters {
  private static final long MAX_BYTES = 16L << 20;

  static final Parameters NONE = new Parameters(List.of());

  private final List<@Nullable Object> values;

  private Parameters(List<@Nullable Object> values) {
    this.values = values;
  }

  /**
   * Reads them.
   *
   * @param stream an Arrow IPC stream of one row; nothing for none
   * @throws SqlException if it is something else, or has values of types that are no parameters
   */
  static Parameters read(byte[] stream, BufferAllocator allocator) throws SqlException {
    if (stream.length == 0) {
      return NONE;
    }
    try (BufferAllocator own = allocator.newChildAllocator("parameters", 0, MAX_BYTES);
        ArrowStreamReader reader = new ArrowStreamReader(checked(stream), own)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      if (!reader.loadNextBatch() || root.getRowCount() != 1) {
        throw refused("parameters are one row, not " + root.getRowCount());
      }
      VectorCheck.check(root);
      List<@Nullable Object> values = new ArrayList<>();
      for (FieldVector vector : root.getFieldVectors()) {
        values.add(value(vector));
      }
      if (reader.loadNextBatch()) {
        throw refused("parameters are one row, not several batches");
      }
      return new Parameters(values);
    } catch (IOException | RuntimeException e) {
      if (e instanceof SqlException refusal) {
        throw refusal;
      }
      // Arrow's reader throws whatever comes of what it reads, and this is a stranger's.
      throw new SqlException(Reason.STATEMENT, "the parameters are no Arrow stream of one row", e);
    }
  }

  /** Arrow's reader allocates what a message says that it has. */
  private static InputStream checked(byte[] stream) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    while (left.remaining() >= 2 * Integer.BYTES) {
      int length = left.getInt();
      if (length == MessageSerializer.IPC_CONTINUATION_TOKEN) {
        length = left.getInt();
      }
      if (length == 0) {
        break;
      }
      if (length < 0 || length > left.remaining()) {
        throw new IOException("a message of " + length + " bytes in " + left.remaining());
      }
      long body = Message.getRootAsMessage(left.slice(left.position(), length)).bodyLength();
      left.position(left.position() + length);
      if (body < 0 || body > left.remaining()) {
        throw new IOException("a body of " + body + " bytes in " + left.remaining());
      }
      left.position(left.position() + (int) body);
    }
    return new ByteArrayInputStream(stream);
  }

  private static @Nullable Object value(FieldVector vector) throws SqlException {
    Object value = vector.getObject(0);
    return switch (value) {
      case null -> null;
      case Text text -> text.toString();
      case Integer days when vector instanceof DateDayVector -> LocalDate.ofEpochDay(days);
      case Boolean plain -> plain;
      case Number plain -> plain;
      case java.time.LocalDateTime plain -> plain;
      case byte[] plain -> plain;
      default ->
          throw refused(
              "the parameter " + vector.getName() + " is of type " + vector.getField().getType());
    };
  }

  /** Binds a statement to them. */
  void bind(PreparedStatement statement) throws SQLException, SqlException {
    int wanted = statement.getParameterMetaData().getParameterCount();
    if (wanted != values.size()) {
      throw refused("the statement has " + wanted + " parameters, and " + values.size() + " came");
    }
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) instanceof byte[] bytes) {
        statement.setBytes(i + 1, bytes);
      } else {
        statement.setObject(i + 1, values.get(i));
      }
    }
  }

  private static SqlException refused(String message) {
    return new SqlException(Reason.STATEMENT, message);
  }
}
