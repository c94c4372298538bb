package io.packhouse.client.command;

import io.packhouse.client.output.Style;

/** What every command takes. */
final class CommonOptions {
  boolean json;
  boolean quiet;
  Style.When color = Style.When.AUTO;

  void describe(Syntax syntax) {
    syntax
        .flag(
            "--json",
            "Write JSON, one object a line; its fields are in docs/json.md",
            value -> json = value)
        .flag(
            "-q --quiet",
            "No progress and no report; errors are still told",
            value -> quiet = value)
        .option(
            "--color",
            "WHEN",
            Style.When.class,
            "Colours: auto (on a terminal, unless NO_COLOR is set), always, never [auto]",
            value -> color = value)
        .helpFlag("-h --help", "Show this help");
  }
}
