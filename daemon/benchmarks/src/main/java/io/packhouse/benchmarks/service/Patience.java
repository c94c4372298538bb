package io.packhouse.benchmarks.service;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Waits by counting, not by the clock: where all processes are stopped for minutes, as debuggers
 * and busy hosts do, nothing hangs for that.
 */
final class Patience {
  private static final int TRIES_PER_SECOND = 20;

  private Patience() {}

  /**
   * Asks until the answer is yes.
   *
   * @return false if that takes longer
   */
  static boolean await(int seconds, Callable<Boolean> question) throws Exception {
    for (int i = 0; i < seconds * TRIES_PER_SECOND; i++) {
      if (question.call()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(1_000 / TRIES_PER_SECOND);
    }
    return question.call();
  }
}
