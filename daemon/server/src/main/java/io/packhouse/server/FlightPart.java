package io.packhouse.server;

import io.grpc.BindableService;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.flight.FlightGrpc;
import io.packhouse.server.flight.sql.FlightSqlService;
import io.packhouse.server.flight.wire.Signer;
import io.packhouse.server.sql.SqlQueries;
import io.packhouse.sql.SqlLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Arrow Flight and Flight SQL, and the memory of its vectors. */
final class FlightPart implements Part {
  /** Of all streams that filter rows or take lists apart; others take none. */
  private static final long MAX_BYTES = 1L << 30;

  private final BufferAllocator allocator;
  private final List<BindableService> services;

  private FlightPart(BufferAllocator allocator, FlightGrpc service) {
    this.allocator = allocator;
    this.services = List.of(service);
  }

  /**
   * Makes it.
   *
   * @param state the folder that has the key of tickets
   * @param limits of each query
   */
  static FlightPart of(DirectoryCatalog catalog, Path state, SqlQueries queries, SqlLimits limits)
      throws IOException {
    BufferAllocator allocator = new RootAllocator(MAX_BYTES);
    try {
      Clock clock = Clock.systemUTC();
      Signer signer = Signer.ofKeyFile(state.resolve("flight.key"), clock);
      FlightSqlService sql =
          new FlightSqlService(queries, limits, signer, allocator, Version.text(), clock);
      return new FlightPart(allocator, new FlightGrpc(catalog, allocator, signer, sql));
    } catch (Throwable e) {
      allocator.close();
      throw e;
    }
  }

  @Override
  public List<BindableService> services() {
    return services;
  }

  @Override
  public void close() {
    allocator.close();
  }
}
