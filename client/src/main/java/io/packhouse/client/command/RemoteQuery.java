package io.packhouse.client.command;

import com.google.protobuf.Any;
import io.grpc.StatusRuntimeException;
import io.packhouse.remote.PackhouseClient;
import java.io.IOException;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.grpc.StatusUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A query that a daemon answers, by Flight SQL, over all archives that the caller may see. */
final class RemoteQuery {
  private RemoteQuery() {}

  /** Asks, and writes the rows. */
  static void run(RemoteOptions options, Session session, String sql, QueryResult result)
      throws IOException, InterruptedException {
    Remote.with(
        options,
        session,
        client -> {
          session.onInterrupt(client::close);
          try {
            ask(client, sql, result);
          } catch (FlightRuntimeException e) {
            StatusRuntimeException answer =
                StatusUtils.toGrpcStatus(e.status()).asRuntimeException();
            throw Remote.failure(answer, Remote.address(options, session));
          }
          return true;
        });
  }

  private static void ask(PackhouseClient client, String sql, QueryResult result)
      throws IOException, InterruptedException {
    CommandStatementQuery query = CommandStatementQuery.newBuilder().setQuery(sql).build();
    FlightDescriptor command = FlightDescriptor.command(Any.pack(query).toByteArray());
    try (BufferAllocator allocator = new RootAllocator()) {
      FlightClient flight =
          FlightGrpcUtils.createFlightClientWithSharedChannel(allocator, client.channel());
      try {
        // A result is of one endpoint: its rows have an order.
        FlightEndpoint endpoint = flight.getInfo(command).getEndpoints().getFirst();
        FlightStream rows = flight.getStream(endpoint.getTicket());
        try {
          result.write(rows.getRoot(), rows::next);
        } finally {
          close(rows);
        }
      } finally {
        close(flight);
      }
    }
  }

  private static void close(AutoCloseable what) throws IOException, InterruptedException {
    try {
      what.close();
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot end a query: " + e.getMessage(), e);
    }
  }
}
