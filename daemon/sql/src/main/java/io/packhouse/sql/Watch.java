package io.packhouse.sql;

import java.io.Closeable;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Looks at a process while it works on one request: sends it to the background where it computes
 * for long, and ends it where that takes longer than it may, as where a function of DuckDB's does
 * not look up. Only the time in which the process is waited for counts. Thread-safe.
 */
final class Watch implements Closeable {
  private static final Duration TICK = Duration.ofMillis(50);

  /** CPU time of a request that others are not to notice. */
  private static final Duration FOREGROUND = Duration.ofSeconds(1);

  private final SqlProcess process;
  private final String what;
  private final Duration limit;
  private final long mostNanos;
  private final BooleanSupplier unwanted;

  /** When somebody began to wait for the process; 0 while nobody does. */
  private long since;

  private long waited;
  private volatile boolean done;

  /**
   * Begins.
   *
   * @param what is waited for, for a message
   * @param grace that the process has beyond the limit, to end the request by itself
   * @param unwanted whether it had better end
   */
  Watch(SqlProcess process, String what, Duration limit, Duration grace, BooleanSupplier unwanted) {
    this.process = process;
    this.what = what;
    this.limit = limit;
    this.unwanted = unwanted;
    this.mostNanos = limit.plus(grace).toNanos();
    process.setStrained(false);
    Thread.ofVirtual().name("packhouse-sql-watch").start(this::look);
  }

  private void look() {
    try {
      Duration most = process.computed().plus(FOREGROUND);
      while (!done && process.isUsable()) {
        if (unwanted.getAsBoolean()) {
          hurry(SqlProcess.GRACE);
        }
        if (waited() > mostNanos) {
          process.end(SqlException.late(what, limit));
        } else if (!process.wasStrained() && process.computed().compareTo(most) > 0) {
          process.setStrained(true);
        }
        Thread.sleep(TICK);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private synchronized long waited() {
    return waited + (since == 0 ? 0 : System.nanoTime() - since);
  }

  /** From now on it is waited for. */
  synchronized void beginWait() {
    since = System.nanoTime();
  }

  /** From now on it is not. */
  synchronized void endWait() {
    waited += System.nanoTime() - since;
    since = 0;
  }

  /** Leaves the process no more than this time from now on, or what it was left before. */
  synchronized void hurry(Duration left) {
    waited = Math.max(waited(), mostNanos - left.toNanos());
    since = since == 0 ? 0 : System.nanoTime();
  }

  /** The request is over. */
  @Override
  public void close() {
    done = true;
  }
}
