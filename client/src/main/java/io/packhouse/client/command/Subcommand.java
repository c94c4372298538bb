package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.client.output.Streams;
import io.packhouse.client.output.Style;
import java.io.IOException;
import java.io.Writer;

/** What the commands share. */
abstract class Subcommand {
  final CommonOptions common = new CommonOptions();

  private final Session session;

  Subcommand(Session session) {
    this.session = session;
  }

  /** Says what the command takes besides the common options, and what its help tells. */
  abstract void describe(Syntax syntax);

  /**
   * Runs the command.
   *
   * @return its exit code
   */
  abstract int run() throws IOException, InterruptedException;

  final Session session() {
    return session;
  }

  final Streams streams() {
    return session.streams();
  }

  /** Text to standard output; the caller closes it, which flushes. */
  final Writer newText() {
    return streams().out().newWriter();
  }

  /** JSON to standard output; the caller closes it, which flushes. */
  final Json newJson() throws IOException {
    return new Json(streams().out());
  }

  /** The style of standard output. */
  final Style style() {
    return Style.of(common.color, streams().outIsTerminal(), streams());
  }

  final ProgressLine newProgress() {
    return new ProgressLine(streams(), !common.quiet);
  }

  static int defaultWorkers() {
    return Math.min(Runtime.getRuntime().availableProcessors(), 1_024);
  }

  /** Refuses a number of workers that the engine would not take. */
  static int checkWorkers(@org.jspecify.annotations.Nullable Integer workers) throws Failure {
    if (workers == null) {
      return defaultWorkers();
    }
    if (workers < 1 || workers > 1_024) {
      throw Failure.usage("--workers must be 1 to 1024, is " + workers);
    }
    return workers;
  }
}
