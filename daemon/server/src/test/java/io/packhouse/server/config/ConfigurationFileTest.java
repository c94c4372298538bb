package io.packhouse.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.net.TlsSettings;
import io.packhouse.server.roots.RootSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {
  @TempDir Path folder;

  private Configuration read(String toml, Map<String, String> environment) throws IOException {
    return ConfigurationFile.read(Files.writeString(folder.resolve("c.toml"), toml), environment);
  }

  private Configuration read(String toml) throws IOException {
    return read(toml, Map.of());
  }

  @Test
  void emptyFileIsTheDefaults() throws Exception {
    assertThat(read("")).isEqualTo(Configuration.DEFAULT);
    assertThat(ConfigurationFile.read(null, Map.of("PATH", "/bin")))
        .isEqualTo(Configuration.DEFAULT);
  }

  @Test
  void everyKindOfKeyIsRead() throws Exception {
    Configuration configuration =
        read(
            """
            listen = ["unix:/run/p.sock", "tcp://[::1]:7070"]
            state = "/var/lib/p"
            drain-timeout = "5m"
            socket.mode = "0660"
            socket.group = "packers"

            [tls]
            certificate = "/etc/p/cert.pem"
            key = "/etc/p/key.pem"
            client-certificates = "/etc/p/ca.pem"
            clients = "optional"

            [access]
            tokens = "/etc/p/tokens"
            [access.users.1000]
            role = "pack"
            folders = ["releases"]
            [access.certificates."ci.example.org"]
            role = "read"

            [catalog.releases]
            path = "/srv/releases"
            writable = true

            [roots]
            src = { path = "/srv/src" }

            [work]
            memory = "2GiB"
            workers = 3
            [calls]
            message = 1048576
            """);
    assertThat(configuration.listen()).containsExactly("unix:/run/p.sock", "tcp://[::1]:7070");
    assertThat(configuration.state()).isEqualTo(Path.of("/var/lib/p"));
    assertThat(configuration.drainTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(configuration.socket().mode()).isEqualTo("0660");
    assertThat(configuration.tls().clients()).isEqualTo(TlsSettings.Clients.OPTIONAL);
    assertThat(configuration.access().users())
        .isEqualTo(Map.of("1000", new Grant(Role.PACK, List.of("releases"))));
    assertThat(configuration.access().certificates())
        .isEqualTo(Map.of("ci.example.org", new Grant(Role.READ, List.of())));
    assertThat(configuration.catalog())
        .isEqualTo(Map.of("releases", new FolderSettings(Path.of("/srv/releases"), true)));
    assertThat(configuration.roots())
        .isEqualTo(Map.of("src", new RootSettings(Path.of("/srv/src"), false)));
    assertThat(configuration.work().memoryBytes()).isEqualTo(2L << 30);
    assertThat(configuration.work().workers()).isEqualTo(3);
    assertThat(configuration.calls().messageBytes()).isEqualTo(1 << 20);
    // What it prints reads as the same.
    assertThat(read(ConfigurationText.toml(configuration))).isEqualTo(configuration);
  }

  @Test
  void printedDefaultsReadAsTheDefaults() throws Exception {
    assertThat(read(ConfigurationText.toml(Configuration.DEFAULT)))
        .isEqualTo(Configuration.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lsiten = [] | line 1: lsiten: is no key of the configuration; the nearest is listen",
        "call.message = 1 | line 1: call: is no key of the configuration; the nearest is calls",
        "mesage = 1 | line 1: mesage: is no key of the configuration; the nearest is calls.message",
        "[calls]#x\\nmesage = 1 | line 2: calls.mesage: is no key of the configuration; the nearest"
            + " is calls.message",
        "drain-timeout = 5 | line 1: drain-timeout: must be a time, not 5",
        "drain-timeout = '5' | line 1: drain-timeout: \"5\" is no time, such as",
        "state = 'x' | line 1: state: \"x\" is no absolute path",
        "listen = 'unix:/x' | line 1: listen: must be a list of texts",
        "listen = ['x'] | c.toml: x: is no address",
        "work = 1 | line 1: work: must be a table, not 1",
        "[work]\\nworkers = -1 | line 1: work: workers must be from 0 to 1024, not -1",
        "[work]\\nmemory = '1K' | line 1: work: memory must be at least 64MiB, not 1KiB",
        "[work]\\nmemory = '1X' | line 2: work.memory: \"1X\" is no size",
        "[catalog.x] | line 1: catalog.x: has no \"path\"",
        "[access.users.ci]\\nrole = 'chief' | line 2: access.users.ci.role: \"chief\" is none of"
            + " read, pack, admin",
        "[tls]\\nkey = '/k' | line 1: tls: certificate and key go together: one is missing",
        "[socket]\\nmode = '999' | line 1: socket: mode must be three octal digits",
        "x = = | line 1, column",
      })
  void mistakesAreNamedWithTheirPlace(String toml, String message) {
    assertThatThrownBy(() -> read(toml.replace("\\n", "\n")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(folder.resolve("c.toml").toString())
        .hasMessageContaining(message);
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> ConfigurationFile.read(folder.resolve("no.toml"), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(folder.resolve("no.toml") + ": no such file");
  }

  @Test
  void environmentStandsOverTheFile() throws Exception {
    Configuration configuration =
        read(
            "drain-timeout = '1s'\n[calls]\ncalls = 7\n",
            Map.of(
                "PACKHOUSED_DRAIN_TIMEOUT", "9s",
                "PACKHOUSED_LISTEN", "unix:/a, unix:/b",
                "PACKHOUSED_CALLS_MESSAGE", "1MiB",
                "PACKHOUSED_OPTS", "--listen unix:/c",
                "PACKHOUSED_ACCESS_INSECURE_NO_AUTH", "true"));
    assertThat(configuration.drainTimeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(configuration.listen()).containsExactly("unix:/a", "unix:/b");
    assertThat(configuration.calls().calls()).isEqualTo(7);
    assertThat(configuration.calls().messageBytes()).isEqualTo(1 << 20);
    assertThat(configuration.access().insecureNoAuth()).isTrue();
  }

  @Test
  void pathsMayBeOfCredentials() throws Exception {
    String toml = "[access]\ntokens = '$CREDENTIALS_DIRECTORY/tokens'\n";
    Map<String, String> service = Map.of("CREDENTIALS_DIRECTORY", "/run/credentials/p.service");
    assertThat(read(toml, service).access().tokens())
        .isEqualTo(Path.of("/run/credentials/p.service/tokens"));
    assertThatThrownBy(() -> read(toml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("line 2: access.tokens: ")
        .hasMessageContaining("needs a service of systemd with LoadCredential=");
  }

  @Test
  void serviceHasTheDirectoriesThatSystemdMadeForIt() {
    Map<String, String> service =
        Map.of(
            "RUNTIME_DIRECTORY", "/run/packhouse",
            "STATE_DIRECTORY", "/var/lib/packhouse:/var/lib/packhouse/archives",
            "XDG_STATE_HOME", "/home/p/state");
    assertThat(DefaultPaths.of(service, false))
        .isEqualTo(new DefaultPaths(Path.of("/run/packhouse"), Path.of("/var/lib/packhouse")));
    assertThat(DefaultPaths.of(Map.of("STATE_DIRECTORY", "odd", "HOME", "/home/p"), false).state())
        .isEqualTo(Path.of("/home/p/.local/state/packhoused"));
  }

  @Test
  void mistakesInTheEnvironmentAreNamed() {
    assertThatThrownBy(() -> read("", Map.of("PACKHOUSED_DRAIN_TIMOUT", "9s")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("PACKHOUSED_DRAIN_TIMOUT")
        .hasMessageEndingWith("the nearest is PACKHOUSED_DRAIN_TIMEOUT");
    assertThatThrownBy(() -> read("", Map.of("PACKHOUSED_DRAIN_TIMEOUT", "soon")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("PACKHOUSED_DRAIN_TIMEOUT: drain-timeout: \"soon\" is no time");
  }

  @Test
  void everyKeyHasAVariableOfItsOwn() {
    List<String> variables = KeyNames.all().stream().map(KeyNames::variable).toList();
    assertThat(new HashSet<>(variables)).hasSameSizeAs(variables);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1,1",
    "16K,16384",
    "16KiB,16384",
    "16kb,16000",
    "2GiB,2147483648",
    "1T,1099511627776"
  })
  void sizesAreRead(String text, long bytes) {
    assertThat(Quantities.parseSize(text)).isEqualTo(bytes);
    assertThat(Quantities.parseSize(Quantities.sizeText(bytes))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "0s,0",
    "250ms,250",
    "30s,30000",
    "90s,90000",
    "5m,300000",
    "2h,7200000",
    "1d,86400000"
  })
  void timesAreReadAndWritten(String text, long millis) {
    assertThat(Quantities.parseTime(text)).isEqualTo(Duration.ofMillis(millis));
    assertThat(Quantities.timeText(Duration.ofMillis(millis))).isEqualTo(text);
  }
}
