package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packhouse.client.Cli.Result;
import io.packhouse.client.doctor.ConfigurationChecks;
import io.packhouse.client.doctor.Finding;
import io.packhouse.client.doctor.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Installations that are broken, each in one way, and what is said of them. */
@Timeout(120)
class DoctorCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path temp;
  private Path config;

  @BeforeEach
  void prepare() throws IOException {
    config = temp.resolve("d.toml");
    Files.createDirectories(temp.resolve("archives"));
  }

  private void configure(String... lines) throws IOException {
    Files.writeString(
        config,
        "state = '"
            + temp.resolve("state")
            + "'\nlisten = ['unix:"
            + temp.resolve("d.sock")
            + "']\n"
            + String.join("\n", lines).replace("TEMP", temp.toString()));
  }

  /** Level and text of a check of a configuration. */
  private String look(String check, Instant now) throws InterruptedException {
    Findings found = new Findings();
    new ConfigurationChecks(config, Map.of(), Clock.fixed(now, ZoneOffset.UTC)).run(found);
    return found.all().stream()
        .filter(finding -> finding.check().equals(check))
        .map(
            finding -> {
              if (finding.level().compareTo(Finding.Level.WARNING) >= 0) {
                assertThat(finding.remedy()).as(finding.toString()).isNotEmpty();
              }
              return finding.level() + " " + finding.text();
            })
        .collect(Collectors.joining("\n"));
  }

  private String look(String check) throws InterruptedException {
    return look(check, Instant.now());
  }

  @Test
  void whatIsWellIsWellWithoutADaemonButForThat() throws Exception {
    configure("[catalog.main]", "path = 'TEMP/archives'", "writable = true");
    Result result = new Cli().run("doctor", "--json", "--config", config);
    JsonTest.check("doctor", result);
    Map<String, String> levels =
        result.lines().stream()
            .map(DoctorCommandTest::read)
            .collect(
                Collectors.toMap(
                    finding -> finding.get("check").asText(),
                    finding -> finding.get("level").asText(),
                    (one, _) -> one));
    assertThat(levels)
        .containsEntry("configuration", "ok")
        .containsEntry("state", "ok")
        .containsEntry("catalog.main", "ok")
        .containsEntry("sql", "ok")
        .containsEntry("java", "ok")
        .containsEntry("zstd", "ok")
        .containsEntry("clock", "ok")
        .containsEntry("daemon", "problem");
    assertThat(result.code()).isEqualTo(1);
    // Nothing was made on the way.
    assertThat(temp.resolve("state")).doesNotExist();
  }

  private static JsonNode read(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  @Test
  void mistakesOfTheConfigurationAreNamedWithTheirPlace() throws Exception {
    configure("nonsense = 1");
    assertThat(look("configuration")).startsWith("problem ").contains("line 3: nonsense");
    config = temp.resolve("none.toml");
    assertThat(look("configuration")).startsWith("problem ").contains("no such file");
    config = temp.resolve("d.toml");
    configure("[metrics]", "listen = ['tcp://0.0.0.0:1']");
    assertThat(look("configuration")).startsWith("problem ").contains("must be loopback");
  }

  @Test
  void foldersThatAreNotThereOrOfOthersAreNamed() throws Exception {
    configure(
        "plugins = 'TEMP/plugins'",
        "[catalog.gone]",
        "path = 'TEMP/gone'",
        "[catalog.file]",
        "path = 'TEMP/d.toml'",
        "[roots.gone]",
        "path = 'TEMP/gone'");
    assertThat(look("catalog.gone")).startsWith("problem ").contains("is not there");
    assertThat(look("catalog.file")).startsWith("problem ").contains("is no directory");
    assertThat(look("roots.gone")).startsWith("problem ").contains("is not there");
    assertThat(look("plugins")).startsWith("problem ").contains("is not there");
    configure("[catalog.main]", "path = '/proc/self'", "writable = true");
    assertThat(look("catalog.main")).startsWith("problem ");
    Files.writeString(temp.resolve("blocked"), "");
    Files.writeString(config, "state = '" + temp.resolve("blocked/state") + "'\n");
    assertThat(look("state")).startsWith("problem ");
  }

  @Test
  void secretsThatOthersCouldReadAreNamed() throws Exception {
    Path tokens = Files.writeString(temp.resolve("tokens"), "");
    Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-r--r--"));
    configure("[access]", "tokens = 'TEMP/tokens'");
    assertThat(look("tokens")).startsWith("problem ").contains("tokens");
  }

  @Test
  void certificatesThatEndSoonOrHaveEndedAreNamed() throws Exception {
    Keys.make(temp, "server", "CN=localhost");
    configure("[tls]", "certificate = 'TEMP/server.pem'", "key = 'TEMP/server.key'");
    String soon = look("tls");
    assertThat(soon).startsWith("warning ").contains("expires soon: ");
    Instant end = Instant.parse(soon.substring(soon.lastIndexOf(' ') + 1));
    assertThat(look("tls", end.minus(Duration.ofDays(1)).minusSeconds(60))).startsWith("warning ");
    assertThat(look("tls", end.plusSeconds(1))).startsWith("problem ").contains("has expired");
    assertThat(look("tls", Instant.EPOCH)).startsWith("problem ").contains("not valid before");
    Files.writeString(temp.resolve("broken.pem"), "nonsense");
    configure("[tls]", "certificate = 'TEMP/broken.pem'", "key = 'TEMP/broken.pem'");
    assertThat(look("tls")).startsWith("problem ").contains("cannot be used");
  }

  @Test
  void socketsThatCannotBeAreNamed() throws Exception {
    Files.writeString(config, "listen = ['unix:" + temp.resolve("none/d.sock") + "']\n");
    assertThat(look("listen")).startsWith("problem ").contains("is not there");
    Files.writeString(config, "listen = ['tcp://0.0.0.0:7070']\n");
    assertThat(look("listen")).startsWith("problem ").contains("without TLS");
  }

  @Test
  void moreMemoryThanThereIsIsNamed() throws Exception {
    configure("[work]", "memory = '900TiB'", "[calls]", "connections = 2000000000");
    assertThat(look("memory")).startsWith("warning ").contains("900.0 TiB");
    assertThat(look("files-limit")).startsWith("warning ").contains("may need 2000000");
  }

  @Test
  void daemonThatRunsIsAskedAndUnreadableArchivesAreNamed() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("daemon"));
    RunningDaemon daemon = RunningDaemon.start(folder);
    try {
      Result well = daemon.run("doctor");
      assertThat(well.code()).as(well.out()).isZero();
      assertThat(well.out()).contains("ok       daemon: packhoused ", "ok       archive: all");
      Files.write(daemon.archives().resolve("bad.pkh"), new byte[1_000]);
      assertThat(daemon.run("catalog", "rescan").code()).isZero();
      Result ill = daemon.run("doctor", "--quiet");
      assertThat(ill.code()).isEqualTo(1);
      assertThat(ill.out()).contains("problem  archive: archives/bad.pkh cannot be read: ");
      assertThat(ill.out()).doesNotContain("ok   ");
    } finally {
      daemon.close();
    }
  }

  @Test
  void nobodyIsMissedWhereNoDaemonWasAskedFor() throws Exception {
    Result result =
        new Cli()
            .with("PACKHOUSED_STATE", temp.resolve("state").toString())
            .run("doctor", "--json");
    Set<String> ofDaemon =
        result.lines().stream()
            .map(DoctorCommandTest::read)
            .filter(finding -> finding.get("check").asText().equals("daemon"))
            .map(finding -> finding.get("level").asText())
            .collect(Collectors.toSet());
    assertThat(ofDaemon).isSubsetOf(List.of("note", "ok"));
  }
}
