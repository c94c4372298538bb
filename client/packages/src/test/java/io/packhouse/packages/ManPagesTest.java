package io.packhouse.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packhouse.client.command.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ManPagesTest {
  private final CommandLine command = Commands.documented();
  private final Map<String, String> pages =
      ManPages.of(command, PackageFiles.daemonHelp(), "1.2.3");

  @Test
  void everyCommandHasAPageWithItsOptions() {
    assertThat(pages).containsKeys("packhouse.1", "packhoused.8");
    command
        .getSubcommands()
        .forEach(
            (name, line) -> {
              String page = pages.get("packhouse-" + name + ".1");
              assertThat(page).as(name).contains(".SH EXIT STATUS");
              for (OptionSpec option : line.getCommandSpec().options()) {
                assertThat(page).contains(option.longestName().replace("-", "\\-"));
              }
              assertThat(pages.get("packhouse.1")).contains("packhouse\\-" + name + "(1)");
            });
    PackageFiles.daemonHelp()
        .lines()
        .filter(line -> line.startsWith("  --") && !line.contains(", --"))
        .map(line -> line.strip().split("[ =]", -1)[0])
        .forEach(
            option ->
                assertThat(pages.get("packhoused.8"))
                    .contains("\n\\fB" + option.replace("-", "\\-")));
  }

  @Test
  void textIsNotTakenForMacros() {
    String page =
        new Roff("x", 1, "y")
            .line(".hidden -- 'a' \\n")
            .verbatim(java.util.List.of("'b"))
            .toString();
    assertThat(page)
        .contains("\n\\&.hidden \\-\\- \\(aqa\\(aq \\(rsn\n")
        .contains("\n.nf\n\\(aqb\n.fi\n");
  }

  @Test
  void groffTakesThemWithoutAWarning(@TempDir Path folder) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/groff")), "no groff, which would check the pages");
    for (Map.Entry<String, String> page : pages.entrySet()) {
      Path file = Files.writeString(folder.resolve(page.getKey()), page.getValue());
      assertThat(groff(file)).as(page.getKey()).isEmpty();
    }
  }

  private static String groff(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "groff", "-man", "-K", "utf8", "-T", "utf8", "-ww", "-z", file.toString())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? output : "failed: " + output;
  }
}
