package io.packhouse.server.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.packhouse.engine.read.StoredIndex;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.RescanReport;
import io.packhouse.server.flight.sql.FlightSqlService;
import io.packhouse.server.flight.wire.FlightMessages;
import io.packhouse.server.flight.wire.Signer;
import io.packhouse.server.grpc.Access;
import io.packhouse.server.grpc.Calls;
import io.packhouse.server.grpc.Failures;
import io.packhouse.server.grpc.Pump;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.Criteria;
import org.apache.arrow.flight.impl.Flight.Empty;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightEndpoint;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.HandshakeRequest;
import org.apache.arrow.flight.impl.Flight.HandshakeResponse;
import org.apache.arrow.flight.impl.Flight.PollInfo;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.flight.impl.Flight.Result;
import org.apache.arrow.flight.impl.Flight.SchemaResult;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.types.pojo.Schema;

/** The service of Arrow Flight: docs/flight.md. Thread-safe. */
public final class FlightGrpc extends FlightServiceGrpc.FlightServiceImplBase {
  /** Streams that a table is sent in at most, side by side. */
  private static final int MAX_ENDPOINTS = 4;

  /** Fewer batches are not worth another stream. */
  private static final int BATCHES_AN_ENDPOINT = 8;

  /** Bytes that one stream may take for rows that it filters or takes apart. */
  private static final long MAX_STREAM_BYTES = 512L << 20;

  private static final String REFRESH = "refresh-catalog";
  private static final String HEALTH = "health";

  private final DirectoryCatalog catalog;
  private final BufferAllocator allocator;
  private final Signer signer;
  private final FlightSqlService sql;
  private final FlightCommand commands;

  /**
   * @param allocator of all that is not sent as it is stored; stays the caller's
   */
  public FlightGrpc(
      DirectoryCatalog catalog, BufferAllocator allocator, Signer signer, FlightSqlService sql) {
    this.catalog = catalog;
    this.allocator = allocator;
    this.signer = signer;
    this.sql = sql;
    this.commands = new FlightCommand(allocator);
  }

  /** Who may call at all has been asked before, and any header that it needs is sent there. */
  @Override
  public StreamObserver<HandshakeRequest> handshake(StreamObserver<HandshakeResponse> observer) {
    observer.onCompleted();
    return new Ignoring<>();
  }

  @Override
  public void listFlights(Criteria request, StreamObserver<FlightInfo> observer) {
    Calls.run(
        observer,
        () -> {
          Caller caller = Caller.current();
          String prefix = request.getExpression().toStringUtf8();
          Iterator<ArchiveName> names =
              catalog.entries().stream()
                  .filter(CatalogEntry::isReadable)
                  .map(CatalogEntry::name)
                  .filter(name -> caller.seesFolder(name.folder()))
                  .filter(name -> name.toString().startsWith(prefix))
                  .iterator();
          new Pump<FlightInfo>(observer) {
            @Override
            protected boolean step() throws IOException {
              if (!names.hasNext()) {
                return false;
              }
              ArchiveName name = names.next();
              try (ArchiveLease lease = catalog.open(name)) {
                for (FlightTable table : FlightTable.listed()) {
                  FlightQuery query = FlightQuery.of(name.toString(), table.label());
                  send(info(path(name, table), query, lease, caller));
                }
              } catch (NoSuchFileException e) {
                // Removed since it was listed.
                return true;
              }
              return true;
            }

            @Override
            protected void close() {}
          }.start();
        });
  }

  private static FlightDescriptor path(ArchiveName name, FlightTable table) {
    return FlightDescriptor.newBuilder()
        .setType(FlightDescriptor.DescriptorType.PATH)
        .addPath(name.toString())
        .addPath(table.label())
        .build();
  }

  @Override
  public void getFlightInfo(FlightDescriptor request, StreamObserver<FlightInfo> observer) {
    Calls.answer(observer, () -> info(request));
  }

  /** Whatever there is, is ready at once. */
  @Override
  public void pollFlightInfo(FlightDescriptor request, StreamObserver<PollInfo> observer) {
    Calls.answer(
        observer, () -> PollInfo.newBuilder().setInfo(info(request)).setProgress(1).build());
  }

  private FlightInfo info(FlightDescriptor request) throws IOException {
    if (FlightSqlService.isCommand(request.getCmd())) {
      return sql.info(request);
    }
    FlightQuery query = query(request);
    try (ArchiveLease lease = Access.open(catalog, "archive", query.archive())) {
      return info(request, query, lease, Caller.current());
    }
  }

  @Override
  public void getSchema(FlightDescriptor request, StreamObserver<SchemaResult> observer) {
    Calls.answer(
        observer,
        () -> {
          if (FlightSqlService.isCommand(request.getCmd())) {
            return sql.schema(request);
          }
          FlightQuery query = query(request);
          try (ArchiveLease lease = Access.open(catalog, "archive", query.archive())) {
            Schema schema = schema(query, StoredIndex.of(lease.reader()));
            return SchemaResult.newBuilder().setSchema(FlightMessages.encapsulated(schema)).build();
          }
        });
  }

  private FlightQuery query(FlightDescriptor descriptor) throws IOException {
    if (descriptor.getType() == FlightDescriptor.DescriptorType.CMD) {
      return commands.parse(descriptor.getCmd()).checked();
    }
    if (descriptor.getPathCount() != 2) {
      throw Failures.badField(
          "path", "has " + descriptor.getPathCount() + " parts, not two: an archive and a table");
    }
    return FlightQuery.of(descriptor.getPath(0), descriptor.getPath(1)).checked();
  }

  private static Schema schema(FlightQuery query, StoredIndex index) throws IOException {
    return switch (query.flightTable()) {
      case CONTENTS -> ContentSending.SCHEMA;
      case BLOBS -> FlightMessages.parseSchema(index.blobSchema());
      default -> FlightPlan.of(query, index).schema();
    };
  }

  private FlightInfo info(
      FlightDescriptor descriptor, FlightQuery query, ArchiveLease lease, Caller caller)
      throws IOException {
    StoredIndex index = StoredIndex.of(lease.reader());
    FlightInfo.Builder info =
        FlightInfo.newBuilder()
            .setFlightDescriptor(descriptor)
            .setSchema(FlightMessages.encapsulated(schema(query, index)))
            .setTotalRecords(-1)
            .setTotalBytes(-1);
    String id = lease.reader().id();
    if (query.flightTable() == FlightTable.BLOBS) {
      info.setTotalRecords(index.blobCount());
    }
    if (!query.flightTable().isOfBatches()) {
      return info.addEndpoint(endpoint(query, id, 0, 0, caller)).setOrdered(true).build();
    }
    List<DirectoryRow> batches = index.batches().stream().filter(query::admits).toList();
    if (query.flightTable().isOfIndex() && !query.filtersRows()) {
      info.setTotalRecords(batches.stream().mapToLong(DirectoryRow::rows).sum());
      info.setTotalBytes(batches.stream().mapToLong(DirectoryRow::length).sum());
    }
    int streams = Math.clamp(batches.size() / BATCHES_AN_ENDPOINT, 1, MAX_ENDPOINTS);
    for (int i = 0; i < streams; i++) {
      int from = i == 0 ? 0 : batches.get(batches.size() * i / streams).ordinal();
      int to =
          i == streams - 1
              ? index.batches().size()
              : batches.get(batches.size() * (i + 1) / streams).ordinal();
      info.addEndpoint(endpoint(query, id, from, to, caller));
    }
    return info.build();
  }

  private FlightEndpoint endpoint(FlightQuery query, String id, int from, int to, Caller caller) {
    ByteString ticket =
        signer.sign(new TableTicket(query, id, from, to, caller.id(), signer.expiry()));
    return FlightEndpoint.newBuilder()
        .setTicket(Flight.Ticket.newBuilder().setTicket(ticket))
        .setExpirationTime(Timestamp.newBuilder().setSeconds(signer.expiry()))
        .build();
  }

  @Override
  public void doGet(Flight.Ticket request, StreamObserver<FlightData> observer) {
    Calls.run(
        observer,
        () -> {
          if (FlightSqlService.isCommand(request.getTicket())) {
            sql.get(request.getTicket(), observer);
          } else {
            begin(request.getTicket(), observer);
          }
        });
  }

  private void begin(ByteString bytes, StreamObserver<FlightData> observer) throws IOException {
    TableTicket ticket = signer.read(bytes, TableTicket.class, Caller.current().id());
    FlightQuery query = ticket.query().checked();
    ArchiveLease lease = Access.open(catalog, "ticket", query.archive());
    boolean handedOver = false;
    try {
      if (!lease.reader().id().equals(ticket.archiveId())) {
        throw Failures.precondition(
            "ARCHIVE_REPLACED",
            query.archive(),
            query.archive() + " was replaced since the ticket was made: get a new flight info");
      }
      stream(ticket, query, lease, observer).start();
      handedOver = true;
    } finally {
      if (!handedOver) {
        lease.close();
      }
    }
  }

  private Pump<FlightData> stream(
      TableTicket ticket,
      FlightQuery query,
      ArchiveLease lease,
      StreamObserver<FlightData> observer)
      throws IOException {
    StoredIndex index = StoredIndex.of(lease.reader());
    return switch (query.flightTable()) {
      case BLOBS -> new BlobSending(lease, observer);
      case CONTENTS -> new ContentSending(lease, newAllocator(query), query.paths(), observer);
      default -> {
        FlightPlan plan = FlightPlan.of(query, index);
        List<DirectoryRow> batches =
            index.batches().stream()
                .filter(row -> row.ordinal() >= ticket.firstBatch())
                .filter(row -> row.ordinal() < ticket.endBatch())
                .filter(query::admits)
                .toList();
        yield new IndexSending(lease, newAllocator(query), plan, batches, observer);
      }
    };
  }

  private BufferAllocator newAllocator(FlightQuery query) {
    try {
      return allocator.newChildAllocator(query.archive(), 0, MAX_STREAM_BYTES);
    } catch (OutOfMemoryException e) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("the memory for flights is used up: try again later")
          .withCause(e)
          .asRuntimeException();
    }
  }

  @Override
  public void listActions(Empty request, StreamObserver<ActionType> observer) {
    observer.onNext(
        ActionType.newBuilder().setType(HEALTH).setDescription("Says that it serves").build());
    observer.onNext(
        ActionType.newBuilder()
            .setType(REFRESH)
            .setDescription("Looks at the catalog's folders again; for administrators")
            .build());
    FlightSqlService.actions().forEach(observer::onNext);
    observer.onCompleted();
  }

  @Override
  public void doAction(Action request, StreamObserver<Result> observer) {
    Calls.run(
        observer,
        () -> {
          act(request).forEach(observer::onNext);
          observer.onCompleted();
        });
  }

  private List<Result> act(Action request) throws IOException {
    return switch (request.getType()) {
      case HEALTH -> List.of(result("{\"status\":\"SERVING\"}"));
      case REFRESH -> {
        if (!Caller.current().may(Role.ADMIN)) {
          throw Status.PERMISSION_DENIED
              .withDescription(REFRESH + " is for administrators")
              .asRuntimeException();
        }
        RescanReport report = catalog.rescan();
        yield List.of(
            result(
                "{\"archives\":%d,\"added\":%d,\"changed\":%d,\"removed\":%d,\"unreadable\":%d}"
                    .formatted(
                        report.archives(),
                        report.added(),
                        report.changed(),
                        report.removed(),
                        report.unreadable())));
      }
      default -> sql.act(request);
    };
  }

  private static Result result(String json) {
    return Result.newBuilder().setBody(ByteString.copyFromUtf8(json)).build();
  }

  @Override
  public StreamObserver<FlightData> doPut(StreamObserver<PutResult> observer) {
    return sql.put(observer);
  }

  @Override
  public StreamObserver<FlightData> doExchange(StreamObserver<FlightData> observer) {
    observer.onError(unimplemented("there is nothing to exchange: use DoGet"));
    return new Ignoring<>();
  }

  private static StatusRuntimeException unimplemented(String why) {
    return Status.UNIMPLEMENTED.withDescription(why).asRuntimeException();
  }

  /** For calls that were answered before their first message. */
  private static final class Ignoring<T> implements StreamObserver<T> {
    @Override
    public void onNext(T message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
