package io.packhouse.client.command;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import io.packhouse.client.output.Streams;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HelpTest {
  private static Map<String, CommandLine> commands() {
    return new TreeMap<>(Commands.newCommandLine(new Session(Streams.system())).getSubcommands());
  }

  @Test
  void everyCommandHasADescriptionExamplesAndExitCodes() {
    assertThat(commands().keySet())
        .containsExactly(
            "cancel",
            "cat",
            "catalog",
            "completion",
            "daemon",
            "diff",
            "doctor",
            "export",
            "extract",
            "help",
            "info",
            "jobs",
            "ls",
            "merge",
            "pack",
            "plugins",
            "query",
            "stats",
            "token",
            "verify",
            "watch");
    for (String name : commands().keySet()) {
      Result help = packhouse(name, "--help");
      assertThat(help.code()).isZero();
      assertThat(help.err()).isEmpty();
      assertThat(help.out())
          .as(name)
          .startsWith("Usage: packhouse " + name)
          .contains("Examples:\n  packhouse " + (name.equals("completion") ? "" : name))
          .contains("Exit codes")
          .containsPattern("\n  0 +(all went well|no differences)");
      assertThat(packhouse("help", name).out()).isEqualTo(help.out());
    }
  }

  @Test
  void everyOptionAndParameterIsDescribed() {
    commands()
        .forEach(
            (name, line) -> {
              String help = packhouse("help", name).out();
              for (CommandLine.Model.OptionSpec option : line.getCommandSpec().options()) {
                assertThat(option.description()).as(name + option.longestName()).isNotEmpty();
                assertThat(help).as(name).contains(option.longestName());
              }
              for (var parameter : line.getCommandSpec().positionalParameters()) {
                assertThat(parameter.description()).as(name + parameter.paramLabel()).isNotEmpty();
              }
            });
  }

  @Test
  void linesOfHelpFitAHundredColumns() {
    for (String name : commands().keySet()) {
      assertThat(packhouse("help", name).lines())
          .as(name)
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    }
  }

  @Test
  void helpOfAllListsCommandsExitCodesAndEnvironment() {
    Result help = packhouse("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains(commands().keySet())
        .contains("NO_COLOR", "PACKHOUSE_DEBUG", "PACKHOUSE_JAVA_OPTS", "SOURCE_DATE_EPOCH")
        .contains("141");
    assertThat(packhouse("help").out()).isEqualTo(help.out());
    assertThat(packhouse("-h").out()).isEqualTo(help.out());
  }

  @Test
  void versionIsOneLine() {
    assertThat(packhouse("--version").out()).matches("packhouse \\S+\n");
    assertThat(packhouse("-V").out()).isEqualTo(packhouse("--version").out());
  }

  @Test
  void completionScriptsAreValidShell(@TempDir Path temp) throws Exception {
    for (String shell : new String[] {"bash", "zsh"}) {
      Result result = packhouse("completion", shell);
      assertThat(result.code()).isZero();
      assertThat(result.out()).contains("--exclude-from").contains("verify");
      Path script = Files.writeString(temp.resolve(shell), result.out());
      List<String> command = new ArrayList<>(List.of("bash", "-n", script.toString()));
      Process check = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(check.waitFor()).as(said).isZero();
    }
  }
}
