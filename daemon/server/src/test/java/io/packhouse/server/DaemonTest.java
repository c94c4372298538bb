package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.CallLimits;
import io.packhouse.server.net.Endpoint;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.DrainRequest;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
  private static final AccessSettings OPEN =
      new AccessSettings(null, true, Map.of(), Map.of(), Map.of());

  @TempDir Path folder;

  private String socket() {
    return "unix:" + folder.resolve("d.sock");
  }

  private static Daemon start(Configuration configuration) throws IOException {
    return Daemon.start(configuration, List.of(), DaemonOptions.fixed(configuration));
  }

  @Test
  void ownUserIsAdministratorOnAUnixSocket() throws Exception {
    try (Daemon daemon = start(Daemons.configuration(socket()))) {
      ManagedChannel channel = Daemons.connect(daemon.endpoints().getFirst());
      try {
        assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
        assertThat(health(channel, "packhouse.v1.AdminService")).isEqualTo(ServingStatus.SERVING);
        AdminServiceGrpc.AdminServiceBlockingStub admin = AdminServiceGrpc.newBlockingStub(channel);
        GetStatsResponse stats = admin.getStats(GetStatsRequest.getDefaultInstance());
        assertThat(stats.getVersion()).matches("[0-9]+\\..*");
        assertThat(stats.getCallsActive()).isEqualTo(1);
        assertThat(stats.getMemory().getHeapBytes()).isPositive();
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void methodWithoutARuleKeepsTheDaemonFromStarting() throws Exception {
    BindableService forgotten =
        () ->
            ServerServiceDefinition.builder("packhouse.v1.Forgotten")
                .addMethod(
                    CatalogServiceGrpc.getListArchivesMethod().toBuilder()
                        .setFullMethodName("packhouse.v1.Forgotten/Method")
                        .build(),
                    (_, _) -> {
                      throw new AssertionError("called");
                    })
                .build();
    Part part =
        new Part() {
          @Override
          public List<BindableService> services() {
            return List.of(forgotten);
          }

          @Override
          public void close() {}
        };
    Configuration configuration = Daemons.configuration(socket());
    assertThatThrownBy(
            () -> Daemon.start(configuration, List.of(part), DaemonOptions.fixed(configuration)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("packhouse.v1.Forgotten/Method");
    assertThat(folder.resolve("d.sock")).doesNotExist();
  }

  @Test
  void unixSocketAndTcpShareServices() throws Exception {
    Configuration configuration =
        Daemons.configuration(OPEN, CallLimits.DEFAULT, socket(), "tcp://127.0.0.1:0");
    try (Daemon daemon = start(configuration)) {
      for (Endpoint endpoint : daemon.endpoints()) {
        ManagedChannel channel = Daemons.connect(endpoint);
        try {
          assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
        } finally {
          channel.shutdownNow();
        }
      }
      assertThat(((Endpoint.Tcp) daemon.endpoints().get(1)).port()).isPositive();
    }
  }

  @Test
  void reflectionNamesTheServicesOfEveryEndpoint() throws Exception {
    Configuration configuration =
        Daemons.configuration(OPEN, CallLimits.DEFAULT, socket(), "tcp://127.0.0.1:0");
    try (Daemon daemon = start(configuration)) {
      for (Endpoint endpoint : daemon.endpoints()) {
        ManagedChannel channel = Daemons.connect(endpoint);
        try {
          assertThat(services(channel))
              .contains("packhouse.v1.AdminService", "grpc.health.v1.Health");
        } finally {
          channel.shutdownNow();
        }
      }
    }
  }

  private static List<String> services(ManagedChannel channel) throws Exception {
    CompletableFuture<List<String>> names = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    names.complete(
                        response.getListServicesResponse().getServiceList().stream()
                            .map(service -> service.getName())
                            .toList());
                  }

                  @Override
                  public void onError(Throwable error) {
                    names.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    List<String> found = names.get(20, TimeUnit.SECONDS);
    requests.onCompleted();
    return found;
  }

  @Test
  void methodWithoutRuleKeepsTheDaemonFromStarting() {
    Configuration configuration = Daemons.configuration(socket());
    ServerServiceDefinition forgotten =
        ServerServiceDefinition.builder("packhouse.v1.Forgotten")
            .addMethod(
                MethodDescriptor.newBuilder(
                        HealthGrpc.getCheckMethod().getRequestMarshaller(),
                        HealthGrpc.getCheckMethod().getResponseMarshaller())
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("packhouse.v1.Forgotten/Method")
                    .build(),
                (call, headers) -> null)
            .build();
    Part part =
        new Part() {
          @Override
          public List<BindableService> services() {
            return List.of(() -> forgotten);
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(
            () -> Daemon.start(configuration, List.of(part), DaemonOptions.fixed(configuration)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("packhouse.v1.Forgotten/Method");
  }

  @Test
  void messagesAndHeadersPastTheirLimitsAreRefused() throws Exception {
    CallLimits limits = new CallLimits(10, 10, 10, 64 << 10, 1 << 10, 10, 10);
    try (Daemon daemon = start(Daemons.configuration(OPEN, limits, socket()))) {
      ManagedChannel channel = Daemons.connect(daemon.endpoints().getFirst());
      try {
        assertThatThrownBy(() -> health(channel, "x".repeat(65 << 10)))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
        assertThatThrownBy(
                () ->
                    AdminServiceGrpc.newBlockingStub(channel)
                        .withCallCredentials(Daemons.bearer("x".repeat(2_000)))
                        .getStats(GetStatsRequest.getDefaultInstance()))
            .isInstanceOf(StatusRuntimeException.class);
        assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void connectionsPastTheirLimitAreClosedAtOnce() throws Exception {
    CallLimits limits = new CallLimits(10, 10, 10, 64 << 10, 1 << 10, 2, 2);
    Path path = folder.resolve("d.sock");
    var address = java.net.UnixDomainSocketAddress.of(path);
    try (Daemon _ = start(Daemons.configuration(OPEN, limits, socket()))) {
      try (SocketChannel first = SocketChannel.open(address)) {
        assertThat(firstRead(first)).isPositive();
        try (SocketChannel second = SocketChannel.open(address);
            SocketChannel third = SocketChannel.open(address)) {
          assertThat(firstRead(second)).isPositive();
          assertThat(firstRead(third)).isEqualTo(-1);
        }
      }
      // Those who are gone make room; when their ends are heard of is the daemon's affair.
      int read = -1;
      while (read < 0) {
        try (SocketChannel later = SocketChannel.open(address)) {
          read = firstRead(later);
        }
      }
    }
  }

  @Test
  void callsOfAUsersConnectionThatIsOneTooManyAreRefusedAndItIsClosed() throws Exception {
    CallLimits limits = new CallLimits(10, 10, 10, 64 << 10, 1 << 10, 10, 1);
    for (String endpoint : List.of(socket(), "tcp://127.0.0.1:0")) {
      try (Daemon daemon = start(Daemons.configuration(OPEN, limits, endpoint))) {
        ManagedChannel first = Daemons.connect(daemon.endpoints().getFirst());
        ManagedChannel second = Daemons.connect(daemon.endpoints().getFirst());
        try {
          assertThat(health(first, "")).isEqualTo(ServingStatus.SERVING);
          assertThatThrownBy(() -> health(second, ""))
              .isInstanceOfSatisfying(
                  StatusRuntimeException.class,
                  e ->
                      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
              .hasMessageContaining("1 connections, its most");
          CompletableFuture<Void> closed = new CompletableFuture<>();
          second.notifyWhenStateChanged(ConnectivityState.READY, () -> closed.complete(null));
          closed.get(60, TimeUnit.SECONDS);
          first.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
          // When the end of the first is heard of is the daemon's affair.
          boolean served = false;
          while (!served) {
            try {
              served = health(second, "") == ServingStatus.SERVING;
            } catch (StatusRuntimeException e) {
              assertThat(e.getStatus().getCode())
                  .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE);
            }
          }
        } finally {
          first.shutdownNow();
          second.shutdownNow();
        }
      }
    }
  }

  /** How many bytes come: the daemon says its settings to whoever it lets in. */
  private static int firstRead(SocketChannel channel) throws IOException {
    return channel.read(ByteBuffer.allocate(1_000));
  }

  @Test
  void socketHasItsModeAndIsGoneAfterwards() throws Exception {
    Path path = folder.resolve("d.sock");
    try (Daemon _ = start(Daemons.configuration(socket()))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void socketOfADeadDaemonIsReplaced() throws Exception {
    Path path = folder.resolve("d.sock");
    try (var dead =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      dead.bind(java.net.UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    try (Daemon daemon = start(Daemons.configuration(socket()))) {
      ManagedChannel channel = Daemons.connect(daemon.endpoints().getFirst());
      assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
      channel.shutdownNow();
    }
  }

  @Test
  void livingSocketIsLeftAlone() throws Exception {
    try (Daemon daemon = start(Daemons.configuration(socket()))) {
      assertThatThrownBy(() -> start(Daemons.configuration(socket())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("address in use");
      ManagedChannel channel = Daemons.connect(daemon.endpoints().getFirst());
      assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
      channel.shutdownNow();
    }
  }

  @Test
  void usedPortIsNamed() throws Exception {
    try (Daemon daemon =
        start(Daemons.configuration(OPEN, CallLimits.DEFAULT, "tcp://127.0.0.1:0"))) {
      String taken = daemon.endpoints().getFirst().toString();
      assertThatThrownBy(() -> start(Daemons.configuration(OPEN, CallLimits.DEFAULT, taken)))
          .isInstanceOf(IOException.class)
          .hasMessage(taken + ": address in use: something else listens there");
    }
  }

  @Test
  void fileInTheSocketsPlaceIsKept() throws Exception {
    Path path = Files.writeString(folder.resolve("d.sock"), "mine");
    assertThatThrownBy(() -> start(Daemons.configuration(socket())))
        .hasMessageContaining("is no socket");
    assertThat(path).hasContent("mine");
    assertThat(folder.toFile().list()).containsExactly("d.sock");
  }

  @Test
  void missingFolderOfTheSocketIsNamed() {
    assertThatThrownBy(() -> start(Daemons.configuration("unix:" + folder + "/no/d.sock")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder + "/no")
        .hasMessageContaining("no directory");
  }

  @Test
  void drainEndsTheDaemon() throws Exception {
    try (Daemon daemon = start(Daemons.configuration(socket()))) {
      ManagedChannel channel = Daemons.connect(daemon.endpoints().getFirst());
      var response =
          AdminServiceGrpc.newBlockingStub(channel).drain(DrainRequest.getDefaultInstance());
      assertThat(response.getWaitingFor()).isZero();
      daemon.awaitEnd();
      assertThat(folder).isEmptyDirectory();
      assertThatThrownBy(() -> health(channel, ""))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
      channel.shutdownNow();
    }
  }

  @Test
  void daemonBeyondLoopbackNeedsTls() {
    assertThatThrownBy(() -> start(Daemons.configuration("tcp://0.0.0.0:0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs TLS");
    assertThatThrownBy(
            () -> start(Daemons.configuration(OPEN, CallLimits.DEFAULT, "tcp://0.0.0.0:0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loopback only");
    assertThatThrownBy(() -> start(Daemons.configuration("tcp://127.0.0.1:0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nobody could call");
  }

  private static ServingStatus health(ManagedChannel channel, String service) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }
}
