package io.packhouse.engine.threads;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.system.SystemFileAccess;
import java.util.concurrent.TimeUnit;

/**
 * The turns of a thread of a job: once the job has run for long, its threads take longer turns on
 * the processor, and by that let pass whoever needs one for a short time. The share of the
 * processors that they get stays the same. Used by the thread that made it, which closes it when it
 * turns to another job.
 */
public final class LongTurns implements AutoCloseable {
  /** Jobs that take longer than this do not wait for others by their milliseconds. */
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final FileAccess system = SystemFileAccess.instance();
  private final long start;
  private boolean lengthened;

  /**
   * @param start of the job, by {@link System#nanoTime}
   */
  public LongTurns(long start) {
    this.start = start;
  }

  /** Called now and then, best before each piece of work of a millisecond or so. */
  public void next() {
    if (!lengthened && System.nanoTime() - start > LONG_NANOS) {
      lengthened = true;
      system.setLongTurns(true);
    }
  }

  @Override
  public void close() {
    if (lengthened) {
      lengthened = false;
      system.setLongTurns(false);
    }
  }
}
