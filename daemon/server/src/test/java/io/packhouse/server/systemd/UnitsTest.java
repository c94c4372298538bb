package io.packhouse.server.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The units, as far as that needs no systemd; the rest is in {@code systemd/test}. */
class UnitsTest {
  private static final Path UNITS = Path.of("..", "..", "systemd");

  private static List<Path> units() throws Exception {
    try (Stream<Path> files = Files.walk(UNITS)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(service|socket|timer|conf)"))
          .toList();
    }
  }

  @Test
  void flagsOfTheJvmAreTheLaunchersAlone() throws Exception {
    List<Path> units = units();
    assertThat(units).hasSizeGreaterThan(8);
    for (Path unit : units) {
      assertThat(Files.readAllLines(unit))
          .as(unit.toString())
          .noneMatch(
              line ->
                  !line.startsWith("#")
                      && line.matches(".*(\\s|=|\")-(X|D|-add-|-enable-|-sun-).*"))
          .noneMatch(
              line -> line.startsWith("Exec") && !line.contains("=/usr/bin/packhoused --config"));
    }
  }

  @Test
  void unitsOfInstancesAreThoseOfTheDaemon() throws Exception {
    Process check =
        new ProcessBuilder("sh", UNITS.resolve("instance").toString(), "--check")
            .redirectErrorStream(true)
            .start();
    String said =
        new String(check.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as("run systemd/instance: " + said).isZero();
  }
}
