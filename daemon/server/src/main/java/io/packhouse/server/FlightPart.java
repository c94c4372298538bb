package io.packhouse.server;

import io.grpc.BindableService;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.flight.FlightGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Arrow Flight, and the memory of its vectors. */
final class FlightPart implements Part {
  /** Of all streams that filter rows or take lists apart; others take none. */
  private static final long MAX_BYTES = 1L << 30;

  private final BufferAllocator allocator;
  private final List<BindableService> services;

  private FlightPart(BufferAllocator allocator, FlightGrpc service) {
    this.allocator = allocator;
    this.services = List.of(service);
  }

  static FlightPart of(DirectoryCatalog catalog, Path state) throws IOException {
    BufferAllocator allocator = new RootAllocator(MAX_BYTES);
    try {
      return new FlightPart(allocator, FlightGrpc.of(catalog, allocator, state));
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
