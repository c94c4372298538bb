package io.packhouse.server.job;

import io.packhouse.v1.Progress;

/** What a running job tells and is told. Thread-safe. */
public interface JobContext {

  /** Says how far the job is; may be called often, at little cost. Rate and time are filled in. */
  void progress(Progress progress);

  /** Whether the job was asked to end. */
  boolean isCancelled();

  /**
   * Gives the job more memory, up to its {@link Job#growthBytes} in all.
   *
   * @param granted run when it may use it: now, or by another thread when others leave it
   * @throws IllegalStateException if it is more than that
   */
  void grow(long bytes, Runnable granted);

  /**
   * What ends the job soon when it is cancelled: run at most once, by another thread, or at once by
   * this one if it was cancelled before. The last one given counts.
   */
  void onCancel(Runnable canceller);
}
