package io.packhouse.engine.threads;

import java.util.List;
import java.util.function.Consumer;

/** Waiting for threads to end, come what may. */
public final class Joining {
  private Joining() {}

  /**
   * Waits until all threads have ended. An interrupt does not end the waiting, since what the
   * threads use is freed after it; the calling thread is interrupted again before this returns.
   *
   * @param onInterrupt told of each interrupt, such as to make the threads end sooner
   */
  public static void uninterruptibly(
      List<Thread> threads, Consumer<InterruptedException> onInterrupt) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          onInterrupt.accept(e);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
