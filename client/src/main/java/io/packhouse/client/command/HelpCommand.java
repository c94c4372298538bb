package io.packhouse.client.command;

import io.packhouse.client.output.Style;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Shows help. */
final class HelpCommand extends Subcommand {
  private @Nullable String command;

  HelpCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description("Show help, of a command or of all.")
        .exitCodes(ExitCode.OK_TEXT, ExitCode.USAGE_TEXT)
        .footer("%nExamples:", "  packhouse help pack", "  packhouse help")
        .optionalOperand("COMMAND", String.class, "The command", value -> command = value);
  }

  @Override
  int run() throws IOException {
    String name = command;
    if (name != null && !Commands.NAMES.contains(name)) {
      throw Failure.usage("there is no command " + name + "; see packhouse help");
    }
    CommandLine line =
        Commands.newCommandLine(session(), name == null ? Commands.NAMES : List.of(name));
    if (name != null) {
      line = Objects.requireNonNull(line.getSubcommands().get(name));
    }
    try (Writer out = newText()) {
      out.write(Commands.help(line, style() == Style.COLOUR));
    }
    return ExitCode.OK;
  }
}
