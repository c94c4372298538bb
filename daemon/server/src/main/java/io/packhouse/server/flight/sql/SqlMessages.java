package io.packhouse.server.flight.sql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.packhouse.server.grpc.Failures;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.jspecify.annotations.Nullable;

/** The messages of Flight SQL, which come in an {@code Any}. */
final class SqlMessages {
  private static final String PACKAGE = "/arrow.flight.protocol.sql.";

  /** More than any that we take: a ticket has the text of a statement and its parameters. */
  private static final int MAX_LENGTH = 5 << 20;

  @SuppressWarnings("deprecation") // older drivers cancel so
  private static final Map<String, Message> KNOWN =
      Stream.of(
              FlightSql.ActionBeginSavepointRequest.getDefaultInstance(),
              FlightSql.ActionBeginTransactionRequest.getDefaultInstance(),
              FlightSql.ActionCancelQueryRequest.getDefaultInstance(),
              FlightSql.ActionClosePreparedStatementRequest.getDefaultInstance(),
              FlightSql.ActionCreatePreparedStatementRequest.getDefaultInstance(),
              FlightSql.CommandGetCatalogs.getDefaultInstance(),
              FlightSql.CommandGetCrossReference.getDefaultInstance(),
              FlightSql.CommandGetDbSchemas.getDefaultInstance(),
              FlightSql.CommandGetExportedKeys.getDefaultInstance(),
              FlightSql.CommandGetImportedKeys.getDefaultInstance(),
              FlightSql.CommandGetPrimaryKeys.getDefaultInstance(),
              FlightSql.CommandGetSqlInfo.getDefaultInstance(),
              FlightSql.CommandGetTableTypes.getDefaultInstance(),
              FlightSql.CommandGetTables.getDefaultInstance(),
              FlightSql.CommandGetXdbcTypeInfo.getDefaultInstance(),
              FlightSql.CommandPreparedStatementQuery.getDefaultInstance(),
              FlightSql.CommandPreparedStatementUpdate.getDefaultInstance(),
              FlightSql.CommandStatementIngest.getDefaultInstance(),
              FlightSql.CommandStatementQuery.getDefaultInstance(),
              FlightSql.CommandStatementSubstraitPlan.getDefaultInstance(),
              FlightSql.CommandStatementUpdate.getDefaultInstance(),
              FlightSql.TicketStatementQuery.getDefaultInstance())
          .collect(
              Collectors.toUnmodifiableMap(
                  message -> message.getDescriptorForType().getName(), Function.identity()));

  private SqlMessages() {}

  /** Whether bytes are such a message, well-formed or not; what is ours begins otherwise. */
  static boolean isOne(ByteString bytes) {
    Any any = parse(bytes);
    return any != null && any.getTypeUrl().contains(PACKAGE);
  }

  private static @Nullable Any parse(ByteString bytes) {
    if (bytes.isEmpty() || bytes.size() > MAX_LENGTH) {
      return null;
    }
    try {
      return Any.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  /**
   * A message.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it is none, UNIMPLEMENTED if it is
   *     one that we do not know
   */
  static Message unpack(ByteString bytes) {
    Any any = parse(bytes);
    if (any == null) {
      throw Failures.badField("cmd", "is no message of Flight SQL");
    }
    String name = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('.') + 1);
    Message known = KNOWN.get(name);
    if (known == null || !any.getTypeUrl().endsWith(PACKAGE + name)) {
      throw Status.UNIMPLEMENTED
          .withDescription("there is no such command of Flight SQL here")
          .asRuntimeException();
    }
    try {
      return known.getParserForType().parseFrom(any.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw Failures.badField("cmd", "is no " + name);
    }
  }

  /** A message of one kind, in the body of an action. */
  static <T extends Message> T unpack(ByteString bytes, Class<T> kind) {
    Message message = unpack(bytes);
    if (!kind.isInstance(message)) {
      throw Failures.badField("body", "is no " + kind.getSimpleName());
    }
    return kind.cast(message);
  }
}
