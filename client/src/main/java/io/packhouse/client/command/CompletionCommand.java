package io.packhouse.client.command;

import java.io.IOException;
import java.io.Writer;
import picocli.AutoComplete;

/** Writes a completion script for a shell. */
final class CompletionCommand extends Subcommand {
  /** Shells with a script. */
  enum Shell {
    bash,
    zsh
  }

  private Shell shell = Shell.bash;

  CompletionCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description("Write a completion script for a shell to standard output.")
        .exitCodes(ExitCode.OK_TEXT, ExitCode.USAGE_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse completion bash > /etc/bash_completion.d/packhouse",
            "  source <(packhouse completion bash)    (in this shell)",
            "  echo 'source <(packhouse completion zsh)' >> ~/.zshrc")
        .operand("SHELL", Shell.class, "bash or zsh", value -> shell = value);
  }

  @Override
  int run() throws IOException {
    // picocli's script serves both: in zsh it loads the emulation of bash's completion.
    String script = AutoComplete.bash("packhouse", Commands.newCommandLine(session()));
    try (Writer out = newText()) {
      out.write(script);
    }
    return ExitCode.OK;
  }
}
