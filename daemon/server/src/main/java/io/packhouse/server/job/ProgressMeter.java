package io.packhouse.server.job;

import com.google.protobuf.util.Durations;
import io.packhouse.v1.Progress;

/**
 * Adds to a job's progress what follows from it: how fast it is, and how long it still takes.
 * Belongs to whoever holds the operation's lock.
 */
final class ProgressMeter {
  /** The rate is that of about the last so many nanoseconds. */
  private static final double WINDOW_NANOS = 3e9;

  private static final long LEAST_NANOS = 50_000_000;
  private static final double NANOS = 1e9;

  private long lastNanos;
  private long lastBytes;
  private double bytesPerSecond;

  /** Starts the clock. */
  void start(long nanos) {
    lastNanos = nanos;
  }

  /** The same with rate and time left, where they are known. */
  Progress complete(Progress progress, long nanos) {
    long elapsed = nanos - lastNanos;
    if (elapsed >= LEAST_NANOS) {
      double rate = (progress.getBytesDone() - lastBytes) * NANOS / elapsed;
      double weight = Math.min(1, elapsed / WINDOW_NANOS);
      bytesPerSecond = bytesPerSecond == 0 ? rate : bytesPerSecond * (1 - weight) + rate * weight;
      lastNanos = nanos;
      lastBytes = progress.getBytesDone();
    }
    Progress.Builder complete = progress.toBuilder().setBytesPerSecond((long) bytesPerSecond);
    long left = progress.getBytesFound() - progress.getBytesDone();
    if (progress.getStage() == Progress.Stage.STAGE_WORKING && bytesPerSecond > 0 && left >= 0) {
      complete.setTimeLeft(Durations.fromMillis((long) (left / bytesPerSecond * 1e3)));
    }
    return complete.build();
  }
}
