package io.packhouse.extraction.plugins;

import java.time.Duration;

/**
 * What plugins may use up.
 *
 * @param heapBytes of a runner's JVM
 * @param residentBytes of memory in all that a runner may hold, where the system tells
 * @param startTimeout from a runner's start until it has said what its extractors are
 * @param maxRunners of one plugin at a time
 */
public record PluginSettings(
    long heapBytes, long residentBytes, Duration startTimeout, int maxRunners) {

  /** A heap of 256 MiB, 448 MiB in all, 30 seconds to start. */
  public static PluginSettings defaults(int workers) {
    return new PluginSettings(
        256L << 20, 448L << 20, Duration.ofSeconds(30), Math.clamp(workers, 1, 4));
  }

  /** Checks. */
  public PluginSettings {
    if (heapBytes < 8 << 20 || residentBytes <= heapBytes) {
      throw new IllegalArgumentException(
          "memory must be more than the heap, and that 8 MiB, heapBytes="
              + heapBytes
              + ", residentBytes="
              + residentBytes);
    }
    if (startTimeout.isNegative() || startTimeout.isZero() || maxRunners < 1) {
      throw new IllegalArgumentException(
          "must be positive, startTimeout=" + startTimeout + ", maxRunners=" + maxRunners);
    }
  }
}
