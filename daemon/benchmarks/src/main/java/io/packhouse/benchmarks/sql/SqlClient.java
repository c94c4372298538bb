package io.packhouse.benchmarks.sql;

import java.io.IOException;
import java.net.URI;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** A user of Flight SQL, with a connection of its own. Thread-safe. */
final class SqlClient implements AutoCloseable {
  private final BufferAllocator allocator = new RootAllocator();
  private final FlightSqlClient client;
  private final CallOption token;

  /**
   * What came of a statement.
   *
   * @param bytes of its columns
   * @param first the value of the first column in the last row; empty if there is no row
   */
  record Answer(long rows, long bytes, String first) {}

  /**
   * Connects.
   *
   * @param address as the daemon tells it: {@code tcp://host:port}
   * @param token the secret of one
   */
  SqlClient(String address, String token) {
    URI uri = URI.create(address);
    client =
        new FlightSqlClient(
            FlightClient.builder(allocator, Location.forGrpcInsecure(uri.getHost(), uri.getPort()))
                .build());
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("authorization", "Bearer " + token);
    this.token = new HeaderCallOption(headers);
  }

  /** Has a statement planned, then run, and reads all of its result. */
  @SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
  Answer ask(String sql) throws Exception {
    long rows = 0;
    long bytes = 0;
    String first = "";
    for (FlightEndpoint endpoint : client.execute(sql, token).getEndpoints()) {
      try (FlightStream stream = client.getStream(endpoint.getTicket(), token)) {
        while (stream.next()) {
          VectorSchemaRoot root = stream.getRoot();
          int count = root.getRowCount();
          rows += count;
          bytes += root.getFieldVectors().stream().mapToLong(FieldVector::getBufferSize).sum();
          if (count > 0) {
            first = String.valueOf(root.getVector(0).getObject(count - 1));
          }
        }
      }
    }
    return new Answer(rows, bytes, first);
  }

  @Override
  public void close() throws IOException {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IOException("the connection does not end", e);
    }
    allocator.close();
  }
}
