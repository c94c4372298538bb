package io.packhouse.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.ConfigurationFile;
import io.packhouse.server.config.ConfigurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration that packages install, read as the daemon reads it. */
class SampleConfigurationTest {
  @TempDir Path folder;

  private String page;

  @BeforeEach
  void readPage() throws IOException {
    page = Files.readString(Path.of("../../docs/configuration.md"));
  }

  private Map<String, String> values(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("packhoused.toml"), text);
    return ConfigurationText.values(ConfigurationFile.read(file, Map.of()));
  }

  @Test
  void onlyWhatAnInstalledDaemonNeedsDiffersFromTheDefaults() throws Exception {
    Map<String, String> different = new LinkedHashMap<>(values(SampleConfiguration.of(page)));
    different.entrySet().removeAll(ConfigurationText.values(Configuration.DEFAULT).entrySet());
    assertThat(different)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("listen", "[\"unix:/run/packhouse/packhoused.sock\"]"),
                Map.entry("state", "\"/var/lib/packhouse\""),
                Map.entry("socket.mode", "\"0660\""),
                Map.entry("socket.group", "\"packhouse\""),
                Map.entry("metrics.listen", "[\"unix:/run/packhouse/metrics.sock\"]"),
                Map.entry("metrics.group", "\"packhouse\""),
                Map.entry("access.groups.packhouse.role", "\"pack\""),
                Map.entry("access.groups.packhouse.folders", "[]"),
                Map.entry("catalog.archives.path", "\"/var/lib/packhouse/archives\""),
                Map.entry("catalog.archives.writable", "true")));
  }

  @Test
  void everyKeyThatIsCommentedOutMayBeTakenIn() throws Exception {
    String sample = SampleConfiguration.of(page);
    String all =
        sample
            .lines()
            .map(line -> line.matches("#(\\[|[a-z-]+ = ).*") ? line.substring(1) : line)
            .collect(Collectors.joining("\n"))
            // The two go together.
            .replace("clients = \"none\"", "clients = \"required\"");
    assertThat(all).isNotEqualTo(sample);
    Map<String, String> values = values(all);
    // Those of the page, by their names; NAME stands for any.
    page.lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(3, line.indexOf('`', 3)).replace("NAME", "[a-z]+"))
        .forEach(key -> assertThat(values.keySet()).as(key).anyMatch(name -> name.matches(key)));
    ConfigurationText.values(Configuration.DEFAULT)
        .forEach(
            (key, value) -> {
              if (!key.matches("listen|state|metrics.listen|socket\\..*|tls.clients")) {
                assertThat(values).containsEntry(key, value);
              }
            });
  }

  @Test
  void keyWithoutDefaultOrExampleIsRefused() {
    assertThatThrownBy(
            () -> SampleConfiguration.of(page + "\n| `work.new` | a path | none | New |\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("work.new has neither default nor example");
    assertThatThrownBy(() -> SampleConfiguration.of(page.replace("`listen`", "`listens`")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
