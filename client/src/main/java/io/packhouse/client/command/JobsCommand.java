package io.packhouse.client.command;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import io.packhouse.client.output.Json;
import io.packhouse.remote.PackhouseClient;
import java.io.IOException;
import java.io.Writer;

/** Lists a daemon's operations. */
final class JobsCommand extends Subcommand {
  private final RemoteOptions remote = new RemoteOptions();
  private boolean running;

  JobsCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "List what a daemon does and has done for you; for everybody, to an administrator.")
        .exitCodes(ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, ExitCode.DAEMON_TEXT)
        .footer("%nExamples:", "  packhouse jobs", "  packhouse jobs --running --json")
        .flag("--running", "Only what has not ended", value -> running = value);
    remote.describeRequired(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    return Remote.with(remote, session(), this::list);
  }

  private interface Line {
    void write(Operation operation) throws IOException;
  }

  private int list(PackhouseClient client) throws IOException, InterruptedException {
    if (common.json) {
      try (Json json = newJson()) {
        each(client, operation -> Operations.write(json, operation));
      }
    } else {
      try (Writer out = newText()) {
        each(client, operation -> out.write(Operations.line(operation, style())));
      }
    }
    return ExitCode.OK;
  }

  private void each(PackhouseClient client, Line line) throws IOException, InterruptedException {
    String token = "";
    do {
      ListOperationsRequest request =
          ListOperationsRequest.newBuilder()
              .setName("operations")
              .setFilter(running ? "done=false" : "")
              .setPageToken(token)
              .build();
      ListOperationsResponse page =
          client.retrying(() -> client.operations().listOperations(request));
      for (Operation operation : page.getOperationsList()) {
        line.write(operation);
      }
      token = page.getNextPageToken();
    } while (!token.isEmpty());
  }
}
