package io.packhouse.server.config;

import java.time.Duration;

/**
 * What jobs share.
 *
 * @param memoryBytes most that jobs take together, beside the Java heap
 * @param workers threads that read, hash and compress; 0 for as many as there are processors
 * @param jobs jobs under way at a time; more wait
 * @param queue jobs that may wait; more are refused
 * @param queuePerCaller of one caller
 * @param keepOperations how long an operation is known after it has ended
 */
public record WorkSettings(
    long memoryBytes,
    int workers,
    int jobs,
    int queue,
    int queuePerCaller,
    Duration keepOperations) {
  public static final WorkSettings DEFAULT =
      new WorkSettings(1L << 30, 0, 8, 64, 16, Duration.ofDays(1));

  public WorkSettings {
    if (memoryBytes < 64 << 20) {
      throw new IllegalArgumentException("memory must be at least 64MiB, not " + memoryBytes);
    }
    if (workers < 0 || workers > 1_024) {
      throw new IllegalArgumentException("workers must be from 0 to 1024, not " + workers);
    }
    if (jobs < 1) {
      throw new IllegalArgumentException("jobs must be at least 1, not " + jobs);
    }
    if (queue < 0 || queuePerCaller < 0) {
      throw new IllegalArgumentException("queue and queue-per-caller must not be negative");
    }
  }
}
