package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.access.Tokens;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.CallLimits;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.InheritedSocket;
import io.packhouse.server.systemd.ServiceState;
import io.packhouse.server.systemd.TestSockets;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Daemons at sockets that were there before them, and stay after them. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketActivationTest {
  private static final int RATE = 500;
  private static final int CHANNELS = 8;
  private static final int RESTARTS = 5;

  @TempDir Path folder;
  private final List<Integer> kept = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    channels.forEach(ManagedChannel::shutdownNow);
    for (int descriptor : kept) {
      TestSockets.close(descriptor);
    }
  }

  private ManagedChannel connect(Endpoint endpoint) {
    ManagedChannel channel = Daemons.connect(endpoint);
    channels.add(channel);
    return channel;
  }

  private static Daemon start(AccessSettings access, InheritedSocket... sockets) throws Exception {
    Configuration configuration = Daemons.configuration(access, CallLimits.DEFAULT);
    return Daemon.start(
        configuration,
        List.of(),
        new DaemonOptions(
            Tokens.NONE,
            () -> configuration,
            Clock.systemUTC(),
            List.of(sockets),
            ServiceState.NONE));
  }

  private InheritedSocket inherit(Path path, int descriptor) throws Exception {
    return new InheritedSocket(TestSockets.copy(descriptor), "", new Endpoint.Unix(path));
  }

  private int keep(int descriptor) {
    kept.add(descriptor);
    return descriptor;
  }

  @Test
  void callerOfAnInheritedUnixSocketIsKnownAndTheSocketStays() throws Exception {
    Path path = folder.resolve("d.sock");
    int socket = keep(TestSockets.listener(path));
    for (int i = 0; i < 2; i++) {
      try (Daemon daemon = start(AccessSettings.DEFAULT, inherit(path, socket))) {
        assertThat(daemon.endpoints()).containsExactly(new Endpoint.Unix(path));
        // An administrator, as the daemon's own user is.
        GetStatsResponse stats =
            AdminServiceGrpc.newBlockingStub(connect(daemon.endpoints().getFirst()))
                .getStats(GetStatsRequest.getDefaultInstance());
        assertThat(stats.getCallsActive()).isEqualTo(1);
      }
      assertThat(path).exists();
    }
  }

  @Test
  void inheritedTcpGoesByTheSameRules() throws Exception {
    Path file = folder.resolve("tokens");
    String secret =
        TokenFile.open(file, Clock.systemUTC())
            .create("t", new Grant(Role.ADMIN, List.of()), null, new SecureRandom());
    AccessSettings access = new AccessSettings(file, false, Map.of(), Map.of(), Map.of());
    InheritedSocket open = tcp(false);
    assertThatThrownBy(() -> start(access, open)).hasMessageContaining("it needs TLS");
    InheritedSocket loopback = tcp(true);
    assertThatThrownBy(() -> start(AccessSettings.DEFAULT, loopback))
        .hasMessageContaining("nobody could call");
    InheritedSocket again =
        new InheritedSocket(TestSockets.copy(kept.getLast()), "", loopback.endpoint());
    try (Daemon daemon = start(access, again)) {
      var stub = AdminServiceGrpc.newBlockingStub(connect(daemon.endpoints().getFirst()));
      assertThatThrownBy(() -> stub.getStats(GetStatsRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
      assertThat(
              stub.withCallCredentials(Daemons.bearer(secret))
                  .getStats(GetStatsRequest.getDefaultInstance())
                  .getCallsActive())
          .isEqualTo(1);
    }
  }

  /** A TCP socket with its address, as {@code take} would tell it. */
  private InheritedSocket tcp(boolean loopback) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket()) {
      free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      port = free.getLocalPort();
    }
    int socket = keep(TestSockets.tcpListener(loopback, port));
    return new InheritedSocket(
        TestSockets.copy(socket), "", new Endpoint.Tcp(loopback ? "127.0.0.1" : "0.0.0.0", port));
  }

  @Test
  void noCallFailsWhileDaemonsComeAndGo() throws Exception {
    Path path = folder.resolve("d.sock");
    int socket = keep(TestSockets.listener(path));
    Endpoint endpoint = new Endpoint.Unix(path);
    List<AdminServiceGrpc.AdminServiceFutureStub> stubs = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      stubs.add(AdminServiceGrpc.newFutureStub(connect(endpoint)));
    }
    List<ListenableFuture<GetStatsResponse>> calls = new ArrayList<>();
    AtomicBoolean enough = new AtomicBoolean();
    Thread load =
        Thread.ofPlatform()
            .start(
                () -> {
                  long next = System.nanoTime();
                  for (int i = 0; !enough.get(); i++) {
                    calls.add(
                        stubs
                            .get(i % CHANNELS)
                            .withDeadlineAfter(60, TimeUnit.SECONDS)
                            .getStats(GetStatsRequest.getDefaultInstance()));
                    // Some come by a connection of their own, which may be made at any moment.
                    if (i % 50 == 0) {
                      calls.add(
                          AdminServiceGrpc.newFutureStub(connect(endpoint))
                              .withDeadlineAfter(60, TimeUnit.SECONDS)
                              .getStats(GetStatsRequest.getDefaultInstance()));
                    }
                    next += TimeUnit.SECONDS.toNanos(1) / RATE;
                    LockSupport.parkNanos(next - System.nanoTime());
                  }
                });
    for (int i = 0; i < RESTARTS; i++) {
      Daemon daemon = start(AccessSettings.DEFAULT, inherit(path, socket));
      ManagedChannel own = connect(endpoint);
      for (int call = 0; call < 100; call++) {
        AdminServiceGrpc.newBlockingStub(own).getStats(GetStatsRequest.getDefaultInstance());
      }
      daemon.drain(null);
      daemon.awaitEnd();
    }
    try (Daemon last = start(AccessSettings.DEFAULT, inherit(path, socket))) {
      enough.set(true);
      load.join();
      assertThat(Futures.allAsList(calls).get(60, TimeUnit.SECONDS)).hasSizeGreaterThan(100);
      assertThat(last.endpoints()).hasSize(1);
    }
  }

  @Test
  void reloadThatWouldLetInEverybodyIsRefusedForInheritedSocketsToo() throws Exception {
    Path tokens = Files.createFile(folder.resolve("tokens"));
    Files.setPosixFilePermissions(
        tokens, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    InheritedSocket loopback = tcp(true);
    Configuration first =
        Daemons.configuration(
            new AccessSettings(tokens, false, Map.of(), Map.of(), Map.of()), CallLimits.DEFAULT);
    Configuration nobody = Daemons.configuration(AccessSettings.DEFAULT, CallLimits.DEFAULT);
    DaemonOptions options =
        new DaemonOptions(
            Tokens.NONE, () -> nobody, Clock.systemUTC(), List.of(loopback), ServiceState.NONE);
    try (Daemon daemon = Daemon.start(first, List.of(), options)) {
      assertThatThrownBy(() -> daemon.administration().reload())
          .hasMessageContaining("nobody could call");
    }
  }
}
