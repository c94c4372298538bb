package io.packhouse.engine.threads;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether threads that share work get on with it: each tells where a piece of its computing begins,
 * where it has got a step further, and where it ends. What waits, for files or for others, is not
 * between the two. Thread-safe.
 */
public final class Pulse {
  private final AtomicLong working = new AtomicLong();
  private final AtomicLong steps = new AtomicLong();

  /**
   * What was seen at a moment.
   *
   * @param working threads in the midst of a piece
   * @param steps that all threads have done since the process began
   */
  public record Beat(long working, long steps) {

    /** Whether there was work then and is now, and none of it got a step further since. */
    public boolean isStuck(Beat before) {
      return working > 0 && before.working > 0 && steps == before.steps;
    }
  }

  /** Begins a piece, on the thread that will {@link #end} it. */
  public void begin() {
    working.incrementAndGet();
  }

  /** Has got a step further. */
  public void step() {
    steps.incrementAndGet();
  }

  /** Ends a piece, well or not. */
  public void end() {
    steps.incrementAndGet();
    working.decrementAndGet();
  }

  /** What is to be seen now. */
  public Beat look() {
    // In this order: a piece that ends between the two has left its step.
    long now = working.get();
    return new Beat(now, steps.get());
  }
}
