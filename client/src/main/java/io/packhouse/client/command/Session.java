package io.packhouse.client.command;

import io.packhouse.client.output.Streams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One run of the command.
 *
 * <p>SIGINT and SIGTERM run the JVM's shutdown hooks, and the process is gone when they end. So the
 * hook cancels what is under way and then waits until {@link #end}: until the command has cleaned
 * up and said so.
 */
public final class Session {
  private static final int PATIENCE_SECONDS = 30;

  private final Streams streams;
  private final List<Thread> hooks = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  public Session(Streams streams) {
    this.streams = streams;
  }

  Streams streams() {
    return streams;
  }

  /** Has {@code cancel} called when the process is told to end; from then on it waits for it. */
  void onInterrupt(Runnable cancel) {
    Thread hook =
        new Thread(
            () -> {
              cancel.run();
              awaitEnd();
            },
            "packhouse-interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
    hooks.add(hook);
  }

  private void awaitEnd() {
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        warn("gave up waiting for the work to stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The run is over: all is cleaned up and said. */
  public void end() {
    for (Thread hook : hooks) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        break; // the process is ending, and the hook waits for this
      }
    }
    ended.countDown();
  }

  /** A line on standard error, with the command's name before it. */
  void warn(String message) {
    byte[] line =
        ("packhouse: " + Failures.oneLine(message) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      streams.err().write(line);
      streams.err().flush();
    } catch (IOException e) {
      // Nobody can be told that nobody can be told.
      ended.getCount();
    }
  }
}
