package io.packhouse.client;

import io.packhouse.client.command.Commands;
import io.packhouse.client.command.Session;
import io.packhouse.client.output.Streams;
import java.util.List;

/** Entry point of the {@code packhouse} command: only wires. */
public final class Main {
  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs the command once on the process's streams and returns its exit code. */
  static int run(String... args) {
    return run(List.of(args), Streams.system());
  }

  /** Runs the command once and returns its exit code; never throws. */
  static int run(List<String> args, Streams streams) {
    Session session = new Session(streams);
    try {
      return Commands.run(args, session);
    } finally {
      session.end();
    }
  }
}
