package io.packhouse.client.command;

import io.packhouse.client.output.Style;
import picocli.CommandLine.Option;

/** What every command takes. */
final class CommonOptions {
  @Option(
      names = "--json",
      order = 100,
      description = "Write JSON, one object a line; its fields are in docs/json.md")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      order = 101,
      description = "No progress and no report; errors are still told")
  boolean quiet;

  @Option(
      names = "--color",
      order = 102,
      paramLabel = "WHEN",
      description = "Colours: auto (on a terminal, unless NO_COLOR is set), always, never [auto]")
  Style.When color = Style.When.AUTO;

  @Option(
      names = {"-h", "--help"},
      order = 103,
      usageHelp = true,
      description = "Show this help")
  boolean help;
}
