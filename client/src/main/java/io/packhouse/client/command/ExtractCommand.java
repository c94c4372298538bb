package io.packhouse.client.command;

import picocli.CommandLine.Command;

/** To come. */
@Command(name = "extract")
final class ExtractCommand extends Subcommand {
  ExtractCommand(Session session) {
    super(session);
  }

  @Override
  int run() {
    return 0;
  }
}
