package io.packhouse.client;

import io.packhouse.client.command.Commands;
import io.packhouse.client.command.Session;
import io.packhouse.client.output.Streams;
import io.packhouse.engine.codec.NativeCode;
import java.util.List;
import java.util.Set;

/** Entry point of the {@code packhouse} command: only wires. */
public final class Main {
  /** Commands that hash and compress: what they need is loaded while the rest is parsed. */
  private static final Set<String> READING = Set.of("extract", "cat", "verify", "diff");

  private static final Set<String> USING_FILES = Set.of("extract", "diff");

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
    String command = args.isEmpty() ? "" : args.getFirst();
    if (command.equals("pack")) {
      NativeCode.preloadForPacking();
    } else if (READING.contains(command)) {
      NativeCode.preloadForReading(USING_FILES.contains(command));
    }
    try {
      return Commands.run(args, session);
    } finally {
      session.end();
    }
  }
}
