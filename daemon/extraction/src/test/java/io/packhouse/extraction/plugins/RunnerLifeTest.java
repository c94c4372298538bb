package io.packhouse.extraction.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A runner lives no longer than its host, and leaves nothing. */
class RunnerLifeTest extends PluginFixture {

  /** A host that says when a runner is at work, and then waits to be killed. */
  static final class HostMain {
    private HostMain() {}

    /** Takes the plugin folder and the contents of a file to have extracted. */
    public static void main(String[] args) throws Exception {
      Plugins plugins = Plugins.load(Path.of(args[0]), SETTINGS);
      Thread thread =
          new Thread(
              () -> {
                try {
                  extract(plugins.extractors().getFirst().extractor(), args[1]);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      thread.start();
      if (args[1].isEmpty()) {
        thread.join();
      } else {
        while (!Files.exists(Path.of(args[1]))) {
          Thread.sleep(5);
        }
      }
      System.out.println(runners().getFirst().pid());
      Thread.sleep(600_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "busy"})
  void aHostThatIsKilledTakesItsRunnersAlong(String contents) throws Exception {
    PluginJars.write(
        folder.resolve("bad.jar"),
        "bad",
        PluginJars.extract(
            """
            if (file.size() > 0) {
              byte[] path = new byte[(int) file.size()];
              file.slice(0, path.length).get(path);
              new File(new String(path)).createNewFile();
              while (file.size() > 0) sleep(1_000);
            }
            return null;
            """));
    Path mark = temp.resolve("mark");
    Process host =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HostMain.class.getName(),
                folder.toString(),
                contents.isEmpty() ? "" : mark.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = host.inputReader(StandardCharsets.UTF_8)) {
      ProcessHandle runner = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
      assertThat(runner.isAlive()).isTrue();

      host.destroyForcibly();

      runner.onExit().get(30, TimeUnit.SECONDS);
    } finally {
      host.destroyForcibly().waitFor();
    }
  }

  @Test
  void nothingIsLeftOnDisk() throws Exception {
    List<Path> before = sockets();
    plugin("return null;");
    assertThat(sockets()).isEqualTo(before);
  }

  private static List<Path> sockets() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("packhouse-runner-"))
          .sorted()
          .toList();
    }
  }
}
