package io.packhouse.server.flight.sql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.packhouse.server.access.Caller;
import io.packhouse.server.flight.wire.Signer;
import io.packhouse.server.grpc.Failures;
import io.packhouse.sql.StatementPlan;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoResult;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.FlightEndpoint;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.impl.Flight.Result;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;

/**
 * The actions of Flight SQL, and those of Flight that are about queries and sessions. The bodies of
 * the former are in an {@code Any}, those of the latter are not. Thread-safe.
 */
final class SqlActions {
  private static final Map<String, String> DESCRIPTIONS = new LinkedHashMap<>();

  static {
    DESCRIPTIONS.put("CancelFlightInfo", "Cancels the queries of a flight that are being sent");
    DESCRIPTIONS.put("RenewFlightEndpoint", "Gives the endpoint of a query a ticket that is new");
    DESCRIPTIONS.put("SetSessionOptions", "Accepts the catalog and the schema that there are");
    DESCRIPTIONS.put("GetSessionOptions", "Tells the catalog and the schema");
    DESCRIPTIONS.put("CloseSession", "Does nothing: sessions are not kept");
    DESCRIPTIONS.put("CreatePreparedStatement", "Plans a query; nothing of it is run");
    DESCRIPTIONS.put("ClosePreparedStatement", "Forgets a prepared query");
    DESCRIPTIONS.put("CancelQuery", "The older CancelFlightInfo");
    DESCRIPTIONS.put("CreatePreparedSubstraitPlan", "Is not supported");
    DESCRIPTIONS.put("BeginTransaction", "Is not supported: there is nothing to write");
    DESCRIPTIONS.put("EndTransaction", "Is not supported: there is nothing to write");
    DESCRIPTIONS.put("BeginSavepoint", "Is not supported: there is nothing to write");
    DESCRIPTIONS.put("EndSavepoint", "Is not supported: there is nothing to write");
  }

  private final Statements statements;
  private final Signer signer;
  private final RunningQueries running;

  SqlActions(Statements statements, Signer signer, RunningQueries running) {
    this.statements = statements;
    this.signer = signer;
    this.running = running;
  }

  static List<ActionType> types() {
    return DESCRIPTIONS.entrySet().stream()
        .map(
            action ->
                ActionType.newBuilder()
                    .setType(action.getKey())
                    .setDescription(action.getValue())
                    .build())
        .toList();
  }

  List<Result> act(Action action, Caller caller) throws IOException {
    ByteString body = action.getBody();
    try {
      return switch (action.getType()) {
        case "CancelFlightInfo" -> {
          boolean any = cancel(CancelFlightInfoRequest.parseFrom(body).getInfo(), caller);
          yield plain(
              CancelFlightInfoResult.newBuilder()
                  .setStatus(
                      any
                          ? CancelStatus.CANCEL_STATUS_CANCELLED
                          : CancelStatus.CANCEL_STATUS_NOT_CANCELLABLE)
                  .build());
        }
        case "CancelQuery" -> cancelQuery(body, caller);
        case "RenewFlightEndpoint" ->
            plain(renew(RenewFlightEndpointRequest.parseFrom(body).getEndpoint(), caller));
        case "SetSessionOptions" -> plain(Sessions.set(SetSessionOptionsRequest.parseFrom(body)));
        case "GetSessionOptions" -> plain(Sessions.get());
        case "CloseSession" -> plain(Sessions.close());
        case "CreatePreparedStatement" ->
            prepare(SqlMessages.unpack(body, ActionCreatePreparedStatementRequest.class), caller);
        case "ClosePreparedStatement" -> {
          statements
              .prepared()
              .close(
                  SqlMessages.unpack(body, ActionClosePreparedStatementRequest.class)
                      .getPreparedStatementHandle(),
                  caller.id());
          yield List.of();
        }
        case "CreatePreparedSubstraitPlan" -> throw Statements.substrait();
        case "BeginTransaction", "EndTransaction", "BeginSavepoint", "EndSavepoint" ->
            throw Status.UNIMPLEMENTED
                .withDescription("there are no transactions: archives are only read")
                .asRuntimeException();
        default ->
            throw Status.UNIMPLEMENTED
                .withDescription("there is no such action: see ListActions")
                .asRuntimeException();
      };
    } catch (InvalidProtocolBufferException e) {
      throw Failures.badField("body", "is not that of the action " + action.getType());
    }
  }

  private static List<Result> plain(Message message) {
    return List.of(Result.newBuilder().setBody(message.toByteString()).build());
  }

  private static List<Result> packed(Message message) {
    return plain(Any.pack(message));
  }

  private List<Result> prepare(ActionCreatePreparedStatementRequest request, Caller caller)
      throws IOException {
    StatementPlan plan = statements.plan(request.getQuery(), request.getTransactionId(), caller);
    ByteString handle = statements.prepared().add(caller.id(), request.getQuery(), plan);
    return packed(
        ActionCreatePreparedStatementResult.newBuilder()
            .setPreparedStatementHandle(handle)
            .setDatasetSchema(ByteString.copyFrom(plan.columns()))
            .setParameterSchema(ByteString.copyFrom(plan.parameters()))
            .build());
  }

  @SuppressWarnings("deprecation") // older drivers have no other
  private List<Result> cancelQuery(ByteString body, Caller caller)
      throws InvalidProtocolBufferException {
    ByteString info = SqlMessages.unpack(body, FlightSql.ActionCancelQueryRequest.class).getInfo();
    boolean any = cancel(FlightInfo.parseFrom(info), caller);
    return packed(
        FlightSql.ActionCancelQueryResult.newBuilder()
            .setResult(
                any
                    ? FlightSql.ActionCancelQueryResult.CancelResult.CANCEL_RESULT_CANCELLED
                    : FlightSql.ActionCancelQueryResult.CancelResult.CANCEL_RESULT_NOT_CANCELLABLE)
            .build());
  }

  /** Whether any query of the flight's tickets was under way. */
  private boolean cancel(FlightInfo info, Caller caller) {
    boolean any = false;
    for (FlightEndpoint endpoint : info.getEndpointList()) {
      ByteString ticket = endpoint.getTicket().getTicket();
      if (SqlMessages.isOne(ticket)) {
        statements.check(ticket, caller);
        any |= running.cancel(ticket);
      }
    }
    return any;
  }

  private FlightEndpoint renew(FlightEndpoint endpoint, Caller caller) {
    ByteString ticket = endpoint.getTicket().getTicket();
    if (!SqlMessages.isOne(ticket)
        || !(SqlMessages.unpack(ticket) instanceof TicketStatementQuery statement)) {
      throw Failures.badField("endpoint", "is none of a query: get a new flight info");
    }
    StatementTicket old =
        signer.read(statement.getStatementHandle(), StatementTicket.class, caller.id());
    return endpoint.toBuilder()
        .setTicket(
            Ticket.newBuilder().setTicket(statements.ticket(old.sql(), old.parameters(), caller)))
        .setExpirationTime(Timestamp.newBuilder().setSeconds(signer.expiry()))
        .build();
  }
}
