package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.CallLimits;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.TlsSettings;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.GetStatsRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with certificates that the JDK's keytool makes. */
class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir static Path keys;
  @TempDir Path folder;

  @BeforeAll
  static void makeKeys() throws Exception {
    make("first", "CN=localhost");
    make("second", "CN=localhost");
    make("ci", "CN=ci,O=Example");
    make("stranger", "CN=stranger");
  }

  /** A self-signed certificate, {@code NAME.pem}, and its key, {@code NAME.key}. */
  private static void make(String name, String subject) throws Exception {
    Path store = keys.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                subject,
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(keys.resolve(name + ".log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore loaded = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      loaded.load(in, PASSWORD);
    }
    pem(name + ".pem", "CERTIFICATE", loaded.getCertificate("key").getEncoded());
    pem(name + ".key", "PRIVATE KEY", loaded.getKey("key", PASSWORD).getEncoded());
  }

  private static void pem(String file, String what, byte[] bytes) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        keys.resolve(file),
        "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
  }

  private Configuration configuration(TlsSettings.Clients clients) {
    Configuration other =
        Daemons.configuration(
            new AccessSettings(
                folder.resolve("tokens"),
                false,
                Map.of(),
                Map.of(),
                Map.of("ci", new Grant(Role.READ, List.of()))),
            CallLimits.DEFAULT,
            "tcp://127.0.0.1:0");
    TlsSettings tls =
        new TlsSettings(
            folder.resolve("cert.pem"),
            folder.resolve("cert.key"),
            clients == TlsSettings.Clients.NONE ? null : keys.resolve("ci.pem"),
            clients);
    return new Configuration(
        other.listen(),
        other.state(),
        other.plugins(),
        other.drainTimeout(),
        other.socket(),
        tls,
        other.access(),
        other.catalog(),
        other.roots(),
        other.work(),
        other.cache(),
        other.sql(),
        other.calls(),
        other.keepalive(),
        other.metrics(),
        other.log(),
        other.audit());
  }

  private void install(String certificate, String key) throws IOException {
    for (String[] copy : new String[][] {{certificate, "cert.pem"}, {key, "cert.key"}}) {
      Files.copy(
          keys.resolve(copy[0]), folder.resolve(copy[1]), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Daemon start(TlsSettings.Clients clients) throws IOException {
    Configuration configuration = configuration(clients);
    return Daemon.start(configuration, List.of(), DaemonOptions.fixed(configuration));
  }

  private static Status call(Daemon daemon, ChannelCredentials credentials, String token) {
    Endpoint.Tcp endpoint = (Endpoint.Tcp) daemon.endpoints().getFirst();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", endpoint.port(), credentials).build();
    try {
      var stub = AdminServiceGrpc.newBlockingStub(channel);
      (token == null ? stub : stub.withCallCredentials(Daemons.bearer(token)))
          .getStats(GetStatsRequest.getDefaultInstance());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  private static TlsChannelCredentials.Builder trusting(String certificate) throws IOException {
    return TlsChannelCredentials.newBuilder()
        .trustManager(keys.resolve(certificate + ".pem").toFile());
  }

  private static ChannelCredentials showing(String client) throws IOException {
    return trusting("first")
        .keyManager(keys.resolve(client + ".pem").toFile(), keys.resolve(client + ".key").toFile())
        .build();
  }

  @Test
  void tokenIsTakenOverTls() throws Exception {
    install("first.pem", "first.key");
    String secret =
        TokenFile.open(folder.resolve("tokens"), Clock.systemUTC())
            .create("t", new Grant(Role.READ, List.of()), null, new SecureRandom());
    try (Daemon daemon = start(TlsSettings.Clients.NONE)) {
      assertThat(call(daemon, trusting("first").build(), secret).isOk()).isTrue();
      assertThat(call(daemon, trusting("first").build(), null).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(call(daemon, trusting("second").build(), secret).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void certificateTellsWhoCalls() throws Exception {
    install("first.pem", "first.key");
    try (Daemon daemon = start(TlsSettings.Clients.OPTIONAL)) {
      assertThat(call(daemon, showing("ci"), null).isOk()).isTrue();
      assertThat(call(daemon, trusting("first").build(), null).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(call(daemon, showing("stranger"), null).isOk()).isFalse();
    }
    try (Daemon daemon = start(TlsSettings.Clients.REQUIRED)) {
      assertThat(call(daemon, showing("ci"), null).isOk()).isTrue();
      assertThat(call(daemon, trusting("first").build(), null).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void newCertificateIsTakenUp() throws Exception {
    install("first.pem", "first.key");
    try (Daemon daemon = start(TlsSettings.Clients.NONE)) {
      install("second.pem", "second.key");
      assertThat(daemon.administration().reload().applied()).containsExactly("tls");
      assertThat(call(daemon, trusting("second").build(), null).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(call(daemon, trusting("first").build(), null).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);

      Files.writeString(folder.resolve("cert.pem"), "nonsense");
      assertThatThrownBy(() -> daemon.administration().reload()).isInstanceOf(IOException.class);
      assertThat(call(daemon, trusting("second").build(), null).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws Exception {
    install("first.pem", "first.key");
    Files.delete(folder.resolve("cert.key"));
    assertThatThrownBy(() -> start(TlsSettings.Clients.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.resolve("cert.key") + ": no such file");
    Files.writeString(folder.resolve("cert.key"), "nonsense");
    assertThatThrownBy(() -> start(TlsSettings.Clients.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be used");
    install("first.pem", "second.key");
    assertThatThrownBy(() -> start(TlsSettings.Clients.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be used");
  }
}
