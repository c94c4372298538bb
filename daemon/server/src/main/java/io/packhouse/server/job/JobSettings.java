package io.packhouse.server.job;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How jobs are run and kept.
 *
 * @param stateFolder where operations are kept; made if it is not there
 * @param memoryBytes most that running jobs may have together
 * @param queueLength jobs that may wait
 * @param queueLengthPerCaller jobs of one caller that may wait
 * @param retention how long an operation is kept after it has ended
 * @param keptOperations most operations that are kept after they have ended; the oldest go first
 */
public record JobSettings(
    Path stateFolder,
    long memoryBytes,
    int queueLength,
    int queueLengthPerCaller,
    Duration retention,
    int keptOperations) {

  /** Enough for three packs at once, of which one has all that it needs to share parts of files. */
  public static final long DEFAULT_MEMORY_BYTES = 640L << 20;

  public static final int DEFAULT_QUEUE_LENGTH = 256;
  public static final int DEFAULT_QUEUE_LENGTH_PER_CALLER = 64;
  public static final Duration DEFAULT_RETENTION = Duration.ofDays(1);
  public static final int DEFAULT_KEPT_OPERATIONS = 10_000;

  /** The part of memory that only small jobs may have. */
  private static final int SMALL_SHARE = 8;

  public JobSettings {
    if (memoryBytes < 1 || queueLength < 0 || queueLengthPerCaller < 0 || keptOperations < 0) {
      throw new IllegalArgumentException(
          "job settings must not be negative: "
              + memoryBytes
              + ", "
              + queueLength
              + ", "
              + queueLengthPerCaller
              + ", "
              + keptOperations);
    }
  }

  /** Memory that only small jobs may have, which need no more than that. */
  long smallBytes() {
    return memoryBytes / SMALL_SHARE;
  }

  /** Most that any other job may have. */
  public long mostBytes() {
    return memoryBytes - smallBytes();
  }

  /** The defaults, with operations kept in this folder. */
  public static JobSettings in(Path stateFolder) {
    return new JobSettings(
        stateFolder,
        DEFAULT_MEMORY_BYTES,
        DEFAULT_QUEUE_LENGTH,
        DEFAULT_QUEUE_LENGTH_PER_CALLER,
        DEFAULT_RETENTION,
        DEFAULT_KEPT_OPERATIONS);
  }
}
