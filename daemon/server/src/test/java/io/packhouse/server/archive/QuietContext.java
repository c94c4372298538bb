package io.packhouse.server.archive;

import io.packhouse.server.job.JobContext;
import io.packhouse.v1.Progress;

/** Runs a job that nobody watches or cancels, with all memory that it asks for. */
class QuietContext implements JobContext {
  @Override
  public void progress(Progress progress) {}

  @Override
  public void grow(long bytes, Runnable granted) {
    granted.run();
  }

  @Override
  public void onCancel(Runnable action) {}

  @Override
  public boolean isCancelled() {
    return false;
  }
}
