package io.packhouse.client.command;

import com.google.longrunning.CancelOperationRequest;
import java.io.IOException;

/** Asks a daemon to end an operation. */
final class CancelCommand extends Subcommand {
  private final RemoteOptions remote = new RemoteOptions();
  private String operation = "";

  CancelCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Ask a daemon to end an operation; packhouse watch tells when it has. What it was"
                + " writing is removed.")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            "3:there is no such operation",
            ExitCode.DAEMON_TEXT)
        .footer("%nExamples:", "  packhouse cancel operations/01JDA2V7W3")
        .operand(
            "OPERATION",
            String.class,
            "Its name, as packhouse jobs shows it",
            value -> operation = value);
    remote.describeRequired(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    if (common.json) {
      throw Failure.usage("cancel has nothing to say in JSON");
    }
    CancelOperationRequest request =
        CancelOperationRequest.newBuilder().setName(Operations.name(operation)).build();
    Remote.with(
        remote,
        session(),
        client -> client.retrying(() -> client.operations().cancelOperation(request)));
    return ExitCode.OK;
  }
}
