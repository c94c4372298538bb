package io.packhouse.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Commands that are not measured: versions, checks, tidying up. */
final class Shell {
  private final Map<String, String> environment;

  /**
   * @param environment what commands get besides this process's environment
   */
  Shell(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * What a command printed and how it ended.
   *
   * @param output standard output and standard error
   */
  record Result(int exitCode, String output) {
    boolean ok() {
      return exitCode == 0;
    }

    /** The first line that is not blank, or nothing. */
    String firstLine() {
      return output.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
    }
  }

  /** Runs shell text, with {@code $1} and so on. */
  Result run(String script, Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    return new Result(process.waitFor(), new String(output, StandardCharsets.UTF_8));
  }

  boolean isInstalled(String tool) throws IOException, InterruptedException {
    return run("command -v \"$1\"", tool).ok();
  }

  /**
   * Removes a file or a tree, and lets the disk come to rest: what one command left to be written
   * is not to slow down the next.
   */
  void removeAndSync(Object path) throws IOException, InterruptedException {
    Result result = run("{ chmod -R u+rwX \"$1\"; rm -rf \"$1\"; } 2> /dev/null; sync", path);
    if (!result.ok()) {
      throw new IOException("cannot remove " + path + ": " + result.firstLine());
    }
  }
}
