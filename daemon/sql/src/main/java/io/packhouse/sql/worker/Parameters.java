package io.packhouse.sql.worker;

import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
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
    if (vector.isNull(0)) {
      return null;
    }
    // Arrow's objects of these are bare numbers, without the unit, the zone or the sign.
    return switch (vector) {
      case TimeStampVector time -> LocalDate.EPOCH.atStartOfDay().plus(time.get(0), unit(time));
      case DateDayVector days -> LocalDate.ofEpochDay(days.get(0));
      case UInt1Vector number -> number.getObjectNoOverflow(0);
      case UInt2Vector number -> (int) number.get(0);
      case UInt4Vector number -> number.getObjectNoOverflow(0);
      case UInt8Vector number -> new BigDecimal(number.getObjectNoOverflow(0));
      case TimeSecVector _, TimeMilliVector _, TimeMicroVector _, TimeNanoVector _ ->
          throw unknown(vector);
      default ->
          switch (vector.getObject(0)) {
            case Text text -> text.toString();
            case Boolean plain -> plain;
            case Number plain -> plain;
            case LocalDateTime plain -> plain;
            case byte[] plain -> plain;
            case null, default -> throw unknown(vector);
          };
    };
  }

  private static ChronoUnit unit(TimeStampVector vector) {
    return switch (((ArrowType.Timestamp) vector.getField().getType()).getUnit()) {
      case SECOND -> ChronoUnit.SECONDS;
      case MILLISECOND -> ChronoUnit.MILLIS;
      case MICROSECOND -> ChronoUnit.MICROS;
      case NANOSECOND -> ChronoUnit.NANOS;
    };
  }

  private static SqlException unknown(FieldVector vector) {
    return refused(
        "the parameter " + vector.getName() + " is of type " + vector.getField().getType());
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
