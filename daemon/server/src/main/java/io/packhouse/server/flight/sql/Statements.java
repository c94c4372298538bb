package io.packhouse.server.flight.sql;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.access.Caller;
import io.packhouse.server.flight.sql.PreparedStatements.Prepared;
import io.packhouse.server.flight.wire.Signer;
import io.packhouse.server.grpc.Failures;
import io.packhouse.server.sql.SqlQueries;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.StatementPlan;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;

/**
 * Statements, from their text or handle to their tickets, and from those to queries. Thread-safe.
 */
final class Statements {
  private final SqlQueries queries;
  private final SqlLimits limits;
  private final Signer signer;
  private final PreparedStatements prepared;

  Statements(SqlQueries queries, SqlLimits limits, Signer signer, PreparedStatements prepared) {
    this.queries = queries;
    this.limits = limits;
    this.signer = signer;
    this.prepared = prepared;
  }

  PreparedStatements prepared() {
    return prepared;
  }

  /** UNIMPLEMENTED. */
  static StatusRuntimeException substrait() {
    return Status.UNIMPLEMENTED
        .withDescription("Substrait plans are not supported: send SQL")
        .asRuntimeException();
  }

  /**
   * Plans a statement.
   *
   * @param transaction must be of no bytes
   */
  StatementPlan plan(String sql, ByteString transaction, Caller caller) throws IOException {
    if (!transaction.isEmpty()) {
      throw Failures.badField("transaction_id", "is set, but there are no transactions");
    }
    if (sql.length() > SqlLimits.MAX_STATEMENT_LENGTH) {
      throw Failures.badField(
          "query",
          "has " + sql.length() + " characters, more than " + SqlLimits.MAX_STATEMENT_LENGTH);
    }
    return queries.plan(caller, sql, Context.current());
  }

  /** The same, where there is no way to bind parameters. */
  StatementPlan planWhole(String sql, ByteString transaction, Caller caller) throws IOException {
    StatementPlan plan = plan(sql, transaction, caller);
    if (Parameters.count(plan.parameters()) > 0) {
      throw Failures.badField("query", "has parameters: prepare it, and bind them");
    }
    return plan;
  }

  /** A ticket for the result of a statement. */
  ByteString ticket(String sql, byte[] parameters, Caller caller) {
    long nonce = ThreadLocalRandom.current().nextLong();
    ByteString signed =
        signer.sign(new StatementTicket(sql, parameters, nonce, caller.id(), signer.expiry()));
    return Any.pack(TicketStatementQuery.newBuilder().setStatementHandle(signed).build())
        .toByteString();
  }

  /**
   * What a ticket says.
   *
   * @throws StatusRuntimeException if it is none that the caller may use
   */
  private StatementTicket read(Message ticket, Caller caller) {
    return switch (ticket) {
      case TicketStatementQuery statement ->
          signer.read(statement.getStatementHandle(), StatementTicket.class, caller.id());
      case CommandPreparedStatementQuery command -> {
        Prepared found = prepared.find(command.getPreparedStatementHandle(), caller.id());
        yield new StatementTicket(found.sql(), bound(found), 0, caller.id(), signer.expiry());
      }
      default -> throw Failures.badField("ticket", "is none of a query");
    };
  }

  /** Throws if a ticket is none of a query that the caller may use. */
  void check(ByteString ticket, Caller caller) {
    read(SqlMessages.unpack(ticket), caller);
  }

  private static byte[] bound(Prepared statement) {
    int wanted = Parameters.count(statement.plan().parameters());
    if (wanted > 0 && statement.parameters().length == 0) {
      throw Failures.precondition(
          "PARAMETERS_NOT_BOUND",
          "parameters",
          "the statement has " + wanted + " parameters, which are not bound");
    }
    return statement.parameters();
  }

  /** The query of a ticket, which begins when it is asked for, with the call's caller. */
  QuerySending.Source query(Message ticket, Caller caller) {
    StatementTicket statement = read(ticket, caller);
    return call -> queries.run(caller, statement.sql(), statement.parameters(), limits, call);
  }
}
