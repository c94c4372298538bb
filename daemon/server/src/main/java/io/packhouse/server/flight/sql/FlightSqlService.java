package io.packhouse.server.flight.sql;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.flight.sql.PreparedStatements.Prepared;
import io.packhouse.server.flight.wire.FlightMessages;
import io.packhouse.server.flight.wire.Signer;
import io.packhouse.server.grpc.Failures;
import io.packhouse.server.sql.SqlQueries;
import io.packhouse.sql.SqlLimits;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightEndpoint;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.flight.impl.Flight.Result;
import org.apache.arrow.flight.impl.Flight.SchemaResult;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementSubstraitPlan;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Flight SQL: docs/flight-sql.md. Methods are those of the service of Flight, for what {@link
 * #isCommand} says is theirs; they block, and throw {@link StatusRuntimeException} or what {@link
 * Failures} makes one of. Thread-safe.
 */
public final class FlightSqlService {
  private final Statements statements;
  private final Metadata metadata;
  private final SqlActions actions;
  private final Signer signer;
  private final RunningQueries running = new RunningQueries();

  /**
   * @param limits of each query; a call's deadline counts besides
   * @param allocator of what is told about tables; stays the caller's
   * @param version of the daemon
   */
  public FlightSqlService(
      SqlQueries queries,
      SqlLimits limits,
      Signer signer,
      BufferAllocator allocator,
      String version,
      Clock clock) {
    this.signer = signer;
    this.statements = new Statements(queries, limits, signer, new PreparedStatements(clock));
    this.metadata = new Metadata(queries, allocator, version);
    this.actions = new SqlActions(statements, signer, running);
  }

  /** Whether a command or ticket is of Flight SQL, well-formed or not. */
  public static boolean isCommand(ByteString bytes) {
    return SqlMessages.isOne(bytes);
  }

  /** What a command gives, and where; nothing is run. */
  public FlightInfo info(FlightDescriptor descriptor) throws IOException {
    Caller caller = Caller.current();
    Message command = SqlMessages.unpack(descriptor.getCmd());
    return switch (command) {
      case CommandStatementQuery query -> {
        byte[] columns =
            statements.planWhole(query.getQuery(), query.getTransactionId(), caller).columns();
        yield ofStatement(
            descriptor, columns, statements.ticket(query.getQuery(), new byte[0], caller));
      }
      case CommandPreparedStatementQuery query -> {
        Prepared found =
            statements.prepared().find(query.getPreparedStatementHandle(), caller.id());
        byte[] columns = found.plan().columns();
        yield ofStatement(
            descriptor, columns, statements.ticket(found.sql(), found.parameters(), caller));
      }
      default ->
          info(descriptor, FlightMessages.encapsulated(schema(command)))
              .addEndpoint(
                  FlightEndpoint.newBuilder()
                      .setTicket(Ticket.newBuilder().setTicket(descriptor.getCmd())))
              .build();
    };
  }

  private FlightInfo ofStatement(FlightDescriptor descriptor, byte[] columns, ByteString ticket) {
    return info(descriptor, ByteString.copyFrom(columns))
        .addEndpoint(
            FlightEndpoint.newBuilder()
                .setTicket(Ticket.newBuilder().setTicket(ticket))
                .setExpirationTime(Timestamp.newBuilder().setSeconds(signer.expiry())))
        .build();
  }

  private static FlightInfo.Builder info(FlightDescriptor descriptor, ByteString schema) {
    return FlightInfo.newBuilder()
        .setFlightDescriptor(descriptor)
        .setSchema(schema)
        .setTotalRecords(-1)
        .setTotalBytes(-1)
        .setOrdered(true);
  }

  /** What columns a command gives; nothing is run. */
  public SchemaResult schema(FlightDescriptor descriptor) throws IOException {
    Caller caller = Caller.current();
    Message command = SqlMessages.unpack(descriptor.getCmd());
    ByteString schema =
        switch (command) {
          case CommandStatementQuery query ->
              ByteString.copyFrom(
                  statements.plan(query.getQuery(), query.getTransactionId(), caller).columns());
          case CommandPreparedStatementQuery query ->
              ByteString.copyFrom(
                  statements
                      .prepared()
                      .find(query.getPreparedStatementHandle(), caller.id())
                      .plan()
                      .columns());
          default -> FlightMessages.encapsulated(schema(command));
        };
    return SchemaResult.newBuilder().setSchema(schema).build();
  }

  private static Schema schema(Message command) {
    Schema schema = Metadata.schema(command);
    if (schema == null) {
      throw refusal(command);
    }
    return schema;
  }

  /** Why a command gives no rows. */
  private static StatusRuntimeException refusal(Message command) {
    return switch (command) {
      case CommandStatementSubstraitPlan _ -> Statements.substrait();
      case CommandStatementUpdate _, CommandPreparedStatementUpdate _, CommandStatementIngest _ ->
          Failures.badField("cmd", "would write, but everything here is read only");
      default -> Failures.badField("cmd", "is no query");
    };
  }

  /** Runs what a ticket is for. */
  public void get(ByteString ticket, StreamObserver<FlightData> observer) throws IOException {
    Caller caller = Caller.current();
    Message command = SqlMessages.unpack(ticket);
    switch (command) {
      case TicketStatementQuery _, CommandPreparedStatementQuery _ ->
          new QuerySending(statements.query(command, caller), ticket, running, observer).begin();
      default -> {
        if (Metadata.schema(command) == null) {
          throw refusal(command);
        }
        new RowSending(metadata.messages(command, caller), observer).start();
      }
    }
  }

  /** Takes what is put: parameters of prepared statements, and nothing else. */
  public StreamObserver<FlightData> put(StreamObserver<PutResult> observer) {
    return new ParameterPut(statements.prepared(), Caller.current(), observer);
  }

  /** Why a command does not take what is put to it. */
  static StatusRuntimeException refusePut(Message command) {
    return refusal(command);
  }

  /** All actions that {@link #act} does, or says of that they are not supported. */
  public static List<ActionType> actions() {
    return SqlActions.types();
  }

  /** Does an action. */
  public List<Result> act(Action action) throws IOException {
    return actions.act(action, Caller.current());
  }
}
