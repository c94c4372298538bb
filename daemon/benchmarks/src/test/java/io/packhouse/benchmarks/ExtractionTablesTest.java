package io.packhouse.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractionTablesTest {
  private static final Corpus CORPUS = new Corpus("m2", Path.of("/m2"), 3, 2, 4_000_000, "x");

  private final ExtractionTables tables = new ExtractionTables();

  @TempDir Path directory;

  @Test
  void ratesAreByFileAndBySecond() {
    tables.addRate(CORPUS, List.of("maven", "ok", "200", "4000000", "3", "0.5", "0.4"));

    assertThat(tables.markdown())
        .contains("| m2 | maven | ok | 200 | 4.0 | 3 | 400 | 8.0 | 2.000 |")
        .doesNotContain("plugins try", "--no-metadata");
  }

  @Test
  void commandsAndPacksHaveTheirMedians() throws Exception {
    Path file = Files.writeString(directory.resolve("a.jar"), "x".repeat(1_000_000));
    for (double wall : new double[] {0.5, 9, 0.4}) {
      tables.addCommand(CORPUS, "maven", List.of(file, file), usage(wall));
      tables.addPack(CORPUS, true, usage(wall));
      tables.addPack(CORPUS, false, usage(wall / 2));
    }

    tables.write(directory);

    assertThat(directory.resolve("tables.md"))
        .content()
        .contains("| m2 | maven | 2 | 2.0 | 3 | 0.500 | 0.750 | 4 | 4.0 | 375.000 | 1 |")
        .contains("| m2 | 2 | 4.0 | 3 | 0.500 | 0.250 | 2.00 | 0.750 | 0.375 | 2.00 | 1 | 1 |");
    assertThat(directory.resolve("commands.csv"))
        .content()
        .contains("m2,maven,2,2000000,1,0.5,0.5,0.25,1048576\n");
    assertThat(directory.resolve("costs.csv"))
        .content()
        .contains("m2,all,2,9,9,4.5,1048576\n", "m2,none,2,4.5,4.5,2.25,1048576\n");
  }

  @Test
  void argumentsAreChecked() throws Exception {
    String folder = directory.toString();
    ExtractionSettings settings =
        ExtractionSettings.parse(
            new String[] {"--parts", "cost,rates", "--seconds", "0.5", folder}, Path.of("/root"));
    assertThat(settings.corpora()).containsExactly(directory);
    assertThat(settings.parts()).containsExactly("cost", "rates");
    assertThat(settings.seconds()).isEqualTo(0.5);
    for (String[] wrong :
        new String[][] {
          {}, {"--rounds", folder}, {"--parts", "all", folder}, {"--what", folder}, {folder + "/x"}
        }) {
      assertThatThrownBy(() -> ExtractionSettings.parse(wrong, directory))
          .isInstanceOf(Arguments.UsageException.class);
    }
  }

  /** Of so many seconds, in user mode too, half of that in the kernel; one MiB. */
  private static Usage usage(double seconds) {
    long nanos = Math.round(seconds * 1e9);
    return new Usage(nanos, nanos, nanos / 2, 1 << 20, 0, 0, 0, false, "");
  }
}
