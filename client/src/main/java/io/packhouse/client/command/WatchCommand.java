package io.packhouse.client.command;

import com.google.longrunning.Operation;
import com.google.protobuf.Empty;
import io.packhouse.client.output.Json;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteOperation;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;

/** Waits for the end of an operation of a daemon, and shows how far it is. */
final class WatchCommand extends Subcommand {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final RemoteOptions remote = new RemoteOptions();
  private String operation = "";

  WatchCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Wait for the end of an operation, and show how far it is; with --json, how it ended."
                + " Ends as the operation does; interrupting it does not end the operation.")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            "3:there is no such operation, or it failed for an input",
            ExitCode.OUTPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.DAEMON_TEXT,
            "130:the operation was cancelled")
        .footer(
            "%nExamples:",
            "  packhouse watch 01JDA2V7W3", "  packhouse watch --json operations/01JDA2V7W3")
        .operand(
            "OPERATION",
            String.class,
            "Its name, as packhouse jobs shows it",
            value -> operation = value);
    remote.describeRequired(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    return Remote.with(remote, session(), this::watch);
  }

  private int watch(PackhouseClient client) throws IOException, InterruptedException {
    RemoteOperation<Empty> watched = client.operation(Operations.name(operation), Empty.class);
    Operation end;
    try (ProgressLine line = newProgress()) {
      end =
          watched.awaitEnd(
              INTERVAL,
              metadata -> RemoteWork.show(line, metadata.getVerb(), metadata.getProgress()));
    }
    if (common.json) {
      try (Json json = newJson()) {
        Operations.write(json, end);
      }
    } else if (!common.quiet) {
      try (Writer out = newText()) {
        out.write(Operations.line(end, style()));
      }
    }
    if (end.hasError()) {
      throw Remote.failure(end.getError(), Remote.address(remote, session()));
    }
    return ExitCode.OK;
  }
}
