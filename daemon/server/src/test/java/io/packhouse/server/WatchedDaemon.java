package io.packhouse.server;

import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.WaitOperationRequest;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.audit.AuditSettings;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.metrics.MetricsSettings;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.roots.RootSettings;
import io.packhouse.server.sql.SqlSettings;
import io.packhouse.v1.ArchiveServiceGrpc;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.DiffArchivesRequest;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.ExtractArchiveRequest;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.RemoveArchiveRequest;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.VerifyArchiveRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A real daemon whose metrics are served and whose audit log is a file, and work for it. */
public final class WatchedDaemon implements AutoCloseable {
  private final Path folder;
  private final Daemon daemon;
  private final ManagedChannel channel;
  private final CallCredentials credentials;
  private final String token;

  private WatchedDaemon(Path folder, Daemon daemon, String token) {
    this.folder = folder;
    this.daemon = daemon;
    this.token = token;
    this.credentials = Daemons.bearer(token);
    this.channel = Daemons.connect(daemon.endpoints().getFirst());
  }

  /** Starts one with its files in a folder, which is empty. */
  public static WatchedDaemon start(Path folder, boolean auditsReads) throws Exception {
    Path tokens = folder.resolve("tokens");
    String token =
        TokenFile.open(tokens, Clock.systemUTC())
            .create("boss", new Grant(Role.ADMIN, List.of()), null, new SecureRandom());
    for (String made : List.of("a", "b", "root/tree", "root/out")) {
      Files.createDirectories(folder.resolve(made));
    }
    Files.writeString(
        folder.resolve("root/tree/p-1.pom"),
        "<project><groupId>g</groupId><artifactId>p</artifactId><version>1</version></project>");
    Files.write(folder.resolve("root/tree/zeros"), new byte[100_000]);
    Configuration configuration =
        Daemons.watched(
            Daemons.inFolder(
                folder,
                new AccessSettings(tokens, false, Map.of(), Map.of(), Map.of()),
                Map.of("root", new RootSettings(folder.resolve("root"), true)),
                new SqlSettings(
                    2, 16, 512L << 20, 64 << 20, 1L << 30, Duration.ofMinutes(1), 1L << 30),
                "tcp://127.0.0.1:0"),
            new MetricsSettings(
                List.of("tcp://127.0.0.1:0", "unix:" + folder.resolve("m.sock")), "0640", null),
            new AuditSettings(true, folder.resolve("audit.jsonl"), auditsReads));
    return new WatchedDaemon(
        folder,
        Daemon.start(configuration, Parts.of(configuration), DaemonOptions.fixed(configuration)),
        token);
  }

  public Daemon daemon() {
    return daemon;
  }

  /** The secret that it is called with. */
  public String token() {
    return token;
  }

  /** Asks it for a page, and for this type of it. */
  public HttpResponse<String> get(String path, String accept) throws Exception {
    URI uri =
        URI.create(daemon.metricsEndpoints().getFirst().toString().replace("tcp:", "http:") + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri).header("Accept", accept).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private Operation await(Operation begun) {
    return OperationsGrpc.newBlockingStub(channel)
        .withCallCredentials(credentials)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .waitOperation(WaitOperationRequest.newBuilder().setName(begun.getName()).build());
  }

  /** Packs a/x.pkh, and the answer is the operation as it ended. */
  public Operation pack() {
    return await(
        ArchiveServiceGrpc.newBlockingStub(channel)
            .withCallCredentials(credentials)
            .packArchive(
                PackArchiveRequest.newBuilder()
                    .setArchive("a/x.pkh")
                    .setForce(true)
                    .addInputs(
                        PackInput.newBuilder().setPath(folder.resolve("root/tree").toString()))
                    .build()));
  }

  /** Removes an archive. */
  public void remove(String archive) {
    CatalogServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(credentials)
        .removeArchive(RemoveArchiveRequest.newBuilder().setName(archive).build());
  }

  /** Makes a call that is refused. */
  public StatusRuntimeException refused(String secret) {
    try {
      CatalogServiceGrpc.newBlockingStub(channel)
          .withCallCredentials(Daemons.bearer(secret))
          .listArchives(ListArchivesRequest.getDefaultInstance());
      throw new AssertionError("let in");
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  /** Its figures. */
  public GetStatsResponse stats() {
    return io.packhouse.v1.AdminServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(credentials)
        .getStats(GetStatsRequest.getDefaultInstance());
  }

  /** Asks for an entry. */
  public void stat(String path) {
    EntryServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(credentials)
        .statEntries(StatEntriesRequest.newBuilder().setArchive("a/x.pkh").addPaths(path).build());
  }

  /** Does some of everything, and some of it wrong. */
  public void work() throws Exception {
    pack();
    var archives = ArchiveServiceGrpc.newBlockingStub(channel).withCallCredentials(credentials);
    await(archives.verifyArchive(VerifyArchiveRequest.newBuilder().setArchive("a/x.pkh").build()));
    await(
        archives.diffArchives(
            DiffArchivesRequest.newBuilder()
                .setLeft("a/x.pkh")
                .setRightArchive("a/x.pkh")
                .build()));
    await(
        archives.extractArchive(
            ExtractArchiveRequest.newBuilder()
                .setArchive("a/x.pkh")
                .setDestination(folder.resolve("root/out/x").toString())
                .build()));
    stat("zeros");
    stat("zeros");
    refused("no-such-token");
    unknownMethod("packhouse.v1.Nonsense/" + "x".repeat(40));
    query();
    System.gc();
  }

  /** Calls what is not there. */
  public void unknownMethod(String name) {
    MethodDescriptor<GetStatsRequest, GetStatsResponse> method =
        io.packhouse.v1.AdminServiceGrpc.getGetStatsMethod().toBuilder()
            .setFullMethodName(name)
            .build();
    try {
      ClientCalls.blockingUnaryCall(
          channel, method, CallOptions.DEFAULT, GetStatsRequest.getDefaultInstance());
      throw new AssertionError("answered");
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != io.grpc.Status.Code.UNIMPLEMENTED) {
        throw e;
      }
    }
  }

  @SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
  private void query() throws Exception {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert("authorization", "Bearer " + token);
    CallOption caller = new HeaderCallOption(headers);
    Endpoint.Tcp tcp = (Endpoint.Tcp) daemon.endpoints().getFirst();
    try (BufferAllocator allocator = new RootAllocator(64 << 20);
        FlightSqlClient client =
            new FlightSqlClient(
                FlightClient.builder(allocator, Location.forGrpcInsecure(tcp.host(), tcp.port()))
                    .build())) {
      var ticket = client.execute("SELECT 42", caller).getEndpoints().getFirst().getTicket();
      try (FlightStream stream = client.getStream(ticket, caller)) {
        int rows = 0;
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
        if (rows != 1) {
          throw new AssertionError("rows: " + rows);
        }
      }
      try {
        client.execute("SELECT nonsense", caller);
        throw new AssertionError("answered");
      } catch (FlightRuntimeException e) {
        if (!e.getMessage().contains("nonsense")) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    daemon.close();
  }
}
