package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.access.Tokens;
import io.packhouse.server.config.ConfigurationFile;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.packhouse.v1.DrainRequest;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import io.packhouse.v1.ReloadRequest;
import io.packhouse.v1.ReloadResponse;
import io.packhouse.v1.SetLogLevelRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The administration of a running daemon, as clients have it. */
class SupervisorTest {
  @TempDir Path folder;
  private Path file;
  private Daemon daemon;
  private ManagedChannel channel;
  private AdminServiceBlockingStub admin;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("c.toml");
    configure("");
    var source = (DaemonOptions.ConfigurationSource) () -> ConfigurationFile.read(file, Map.of());
    daemon =
        Daemon.start(
            source.read(), List.of(), new DaemonOptions(Tokens.NONE, source, Clock.systemUTC()));
    channel = Daemons.connect(daemon.endpoints().getFirst());
    admin = AdminServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    daemon.close();
  }

  private void configure(String more) throws Exception {
    Files.writeString(file, "listen = ['unix:" + folder.resolve("d.sock") + "']\n" + more);
  }

  private ReloadResponse reload() {
    return admin.reload(ReloadRequest.getDefaultInstance());
  }

  @Test
  void reloadTakesWhatItCanAndNamesTheRest() throws Exception {
    configure("drain-timeout = '1s'\n[calls]\ncalls = 9\nmessage = '1MiB'\n[work]\nworkers = 1\n");
    ReloadResponse response = reload();
    assertThat(response.getAppliedList()).containsExactly("calls.calls", "drain-timeout");
    assertThat(response.getNeedsRestartList()).containsExactly("calls.message", "work.workers");
    // What is in force is not told again, what is not is.
    response = reload();
    assertThat(response.getAppliedList()).isEmpty();
    assertThat(response.getNeedsRestartList()).containsExactly("calls.message", "work.workers");
    configure("drain-timeout = '1s'\n[calls]\ncalls = 9\n");
    assertThat(reload()).isEqualTo(ReloadResponse.getDefaultInstance());
  }

  @Test
  void reloadTakesUpWhoMayCall() throws Exception {
    Path tokens = folder.resolve("tokens");
    String secret =
        TokenFile.open(tokens, Clock.systemUTC())
            .create("t", new Grant(Role.READ, List.of()), null, new SecureRandom());
    var reader = admin.withCallCredentials(Daemons.bearer(secret));
    assertThatThrownBy(() -> reader.getStats(GetStatsRequest.getDefaultInstance()))
        .hasMessageContaining("not known");
    configure("[access]\ntokens = '" + tokens + "'\n");
    assertThat(reload().getAppliedList()).containsExactly("access.tokens");
    GetStatsResponse all = admin.getStats(GetStatsRequest.getDefaultInstance());
    assertThat(all.getCallsEndedMap()).containsEntry("UNAUTHENTICATED", 1L);
    // Who is no administrator does not see what others do.
    assertThat(reader.getStats(GetStatsRequest.getDefaultInstance()))
        .isEqualTo(
            GetStatsResponse.newBuilder()
                .setVersion(all.getVersion())
                .setStartTime(all.getStartTime())
                .build());
    configure("");
    assertThat(reload().getAppliedList()).containsExactly("access.tokens");
    assertThatThrownBy(() -> reader.getStats(GetStatsRequest.getDefaultInstance()))
        .hasMessageContaining("not known");
  }

  @Test
  void mistakeInTheFileChangesNothing() throws Exception {
    configure("drain-timeout = '1s'\nnonsense = 1\n");
    assertThatThrownBy(this::reload)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getMessage()).contains(file + ", line 3: nonsense: is no key");
            });
    configure("drain-timeout = '1s'\n");
    assertThat(reload().getAppliedList()).containsExactly("drain-timeout");
  }

  @Test
  void logLevelIsSetAndToldBack() {
    String name = "io.packhouse.test." + System.nanoTime();
    assertThat(level("debug", name)).isEqualTo("info");
    assertThat(Logger.getLogger(name + ".inner").isLoggable(Level.FINE)).isTrue();
    assertThat(level("warn", name)).isEqualTo("debug");
    assertThat(Logger.getLogger(name).isLoggable(Level.INFO)).isFalse();
    assertThatThrownBy(() -> level("loud", name))
        .hasMessageContaining("INVALID_ARGUMENT: level: \"loud\" is no level");
  }

  private String level(String level, String logger) {
    return admin
        .setLogLevel(SetLogLevelRequest.newBuilder().setLevel(level).setLogger(logger).build())
        .getPreviousLevel();
  }

  @Test
  void timeOfADrainIsChecked() {
    for (Duration bad :
        List.of(
            Duration.newBuilder().setSeconds(-1).build(),
            Duration.newBuilder().setSeconds(Long.MAX_VALUE).build(),
            Duration.newBuilder().setSeconds(700_000).build())) {
      assertThatThrownBy(() -> admin.drain(DrainRequest.newBuilder().setTimeout(bad).build()))
          .hasMessageContaining("INVALID_ARGUMENT: timeout");
    }
    assertThat(daemon.administration().stats().getDraining()).isFalse();
  }
}
