package io.packhouse.server.job;

import io.packhouse.v1.Progress;

/** What a running job tells and is told. Thread-safe. */
public interface JobContext {

  /** Says how far the job is; may be called often, at little cost. */
  void progress(Progress progress);

  /** Whether the job was asked to end. */
  boolean isCancelled();

  /**
   * What ends the job soon when it is cancelled: run at most once, by another thread, at once if it
   * was cancelled before. The last one given counts.
   */
  void onCancel(Runnable canceller);

  /**
   * A temporary file or directory that the job makes, to be removed if the daemon dies before the
   * job has ended.
   */
  void willWrite(java.nio.file.Path path);
}
