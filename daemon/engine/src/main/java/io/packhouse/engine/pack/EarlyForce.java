package io.packhouse.engine.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.threads.Joining;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends a file that is being written to the disk bit by bit, from a thread of its own, so that
 * forcing it at the end has little left to wait for.
 *
 * <p>The writer only ever waits in {@link #close}. A force that fails here is the writer's to find:
 * its own at the end fails as well.
 */
final class EarlyForce implements AutoCloseable {
  /** Long enough that forcing costs nothing beside writing, short enough to leave little. */
  private static final long STEP = 16L << 20;

  private final OpenFile file;
  private long unforced;

  @GuardedBy("this")
  private @Nullable Thread thread;

  @GuardedBy("this")
  private boolean wanted;

  @GuardedBy("this")
  private boolean closed;

  EarlyForce(OpenFile file) {
    this.file = file;
  }

  /** Says that {@code length} more bytes were written. Only the writer calls it. */
  void written(int length) {
    unforced += length;
    if (unforced < STEP) {
      return;
    }
    unforced = 0;
    synchronized (this) {
      if (closed) {
        return;
      }
      if (thread == null) {
        Thread started = new Thread(this::run, "packhouse-sync");
        started.setDaemon(true);
        thread = started;
        started.start();
      }
      wanted = true;
      notifyAll();
    }
  }

  private void run() {
    try {
      while (awaitWanted()) {
        file.force();
      }
    } catch (IOException e) {
      System.getLogger(EarlyForce.class.getName())
          .log(System.Logger.Level.DEBUG, "early force failed", e);
    }
  }

  private synchronized boolean awaitWanted() {
    while (!wanted && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false;
      }
    }
    wanted = false;
    return !closed;
  }

  /** Waits for the thread to end. Idempotent. */
  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      running = thread;
      notifyAll();
    }
    if (running != null) {
      Joining.uninterruptibly(List.of(running), interrupt -> {});
    }
  }
}
