package io.packhouse.server.sql;

import io.packhouse.server.job.BusyException;
import io.packhouse.sql.SqlException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** How queries have ended, since the start. Thread-safe. */
public final class QueryCounts {
  private final LongAdder done = new LongAdder();
  private final LongAdder stopped = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  /** One has ended well, or was ended by who asked. */
  void done() {
    done.increment();
  }

  /** One has ended by an error. */
  void ended(IOException error) {
    LongAdder counter =
        switch (error) {
          case BusyException _ -> refused;
          case SqlException known ->
              switch (known.reason()) {
                case CLOSED, CANCELLED -> done;
                case LIMIT, TIME, MEMORY -> stopped;
                default -> failed;
              };
          default -> failed;
        };
    counter.increment();
  }

  /** One has had its process for so long. */
  void took(long itsNanos) {
    nanos.add(itsNanos);
  }

  /** Those that ended well, or whose client or daemon ended them. */
  public long doneCount() {
    return done.sum();
  }

  /** Those that a limit has stopped. */
  public long stoppedCount() {
    return stopped.sum();
  }

  /** Those that failed otherwise. */
  public long failedCount() {
    return failed.sum();
  }

  /** Those that never had a process. */
  public long refusedCount() {
    return refused.sum();
  }

  /** How long all of them have had their processes. */
  public Duration time() {
    return Duration.ofNanos(nanos.sum());
  }
}
