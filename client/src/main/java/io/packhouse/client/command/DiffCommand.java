package io.packhouse.client.command;

import picocli.CommandLine.Command;

/** To come. */
@Command(name = "diff")
final class DiffCommand extends Subcommand {
  DiffCommand(Session session) {
    super(session);
  }

  @Override
  int run() {
    return 0;
  }
}
