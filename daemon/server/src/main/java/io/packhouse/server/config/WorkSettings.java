package io.packhouse.server.config;

import io.packhouse.server.catalog.UploadSettings;
import io.packhouse.server.job.JobSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What jobs share.
 *
 * @param memoryBytes most that running jobs take together, beside the Java heap
 * @param workers threads of a job that read, hash and compress; 0 for as many as there are
 *     processors
 * @param queue jobs that may wait; more are refused
 * @param queuePerCaller of one caller
 * @param keepOperations how long an operation is known after it has ended
 * @param keptOperations most operations that are known after they have ended
 * @param keepUploads how long what has arrived of an archive waits for the rest
 */
public record WorkSettings(
    long memoryBytes,
    int workers,
    int queue,
    int queuePerCaller,
    Duration keepOperations,
    int keptOperations,
    Duration keepUploads) {
  public static final WorkSettings DEFAULT =
      new WorkSettings(
          JobSettings.DEFAULT_MEMORY_BYTES,
          0,
          JobSettings.DEFAULT_QUEUE_LENGTH,
          JobSettings.DEFAULT_QUEUE_LENGTH_PER_CALLER,
          JobSettings.DEFAULT_RETENTION,
          JobSettings.DEFAULT_KEPT_OPERATIONS,
          UploadSettings.DEFAULT_KEEP);

  public WorkSettings {
    if (memoryBytes < 64 << 20) {
      throw new IllegalArgumentException(
          "memory must be at least 64MiB, not " + Quantities.sizeText(memoryBytes));
    }
    if (workers < 0 || workers > 1_024) {
      throw new IllegalArgumentException("workers must be from 0 to 1024, not " + workers);
    }
    if (queue < 0 || queuePerCaller < 0 || keptOperations < 0 || keepOperations.isNegative()) {
      throw new IllegalArgumentException(
          "queue, queue-per-caller, keep-operations and kept-operations must not be negative");
    }
    if (!keepUploads.isPositive()) {
      throw new IllegalArgumentException("keep-uploads must be positive");
    }
  }

  /** What uploads are told of it. */
  public UploadSettings uploads(Path stateFolder) {
    return UploadSettings.in(stateFolder).keeping(keepUploads);
  }

  /** Threads of a job. */
  public int workerCount() {
    return workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
  }

  /** What jobs are told of it. */
  public JobSettings jobs(Path stateFolder) {
    return new JobSettings(
        stateFolder, memoryBytes, queue, queuePerCaller, keepOperations, keptOperations);
  }
}
