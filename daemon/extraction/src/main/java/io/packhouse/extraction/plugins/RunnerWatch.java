package io.packhouse.extraction.plugins;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Looks after all runners that were ever busy: one thread, which begins with the first. */
final class RunnerWatch implements Closeable {
  private static final int TICK_MILLIS = 50;

  @GuardedBy("this")
  private final Set<Runner> runners = new LinkedHashSet<>();

  @GuardedBy("this")
  private boolean started;

  @GuardedBy("this")
  private boolean closed;

  /** Looks after a runner from now on. */
  synchronized void watch(Runner runner) {
    runners.add(runner);
    if (!started && !closed) {
      started = true;
      Thread thread = new Thread(this::run, "packhouse-plugin-watch");
      thread.setDaemon(true);
      thread.start();
    }
  }

  synchronized void forget(Runner runner) {
    runners.remove(runner);
  }

  private void run() {
    while (true) {
      List<Runner> all;
      synchronized (this) {
        if (closed) {
          return;
        }
        all = List.copyOf(runners);
      }
      long now = System.nanoTime();
      all.forEach(runner -> runner.check(now));
      try {
        Thread.sleep(TICK_MILLIS);
      } catch (InterruptedException e) {
        return; // nobody interrupts it
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
