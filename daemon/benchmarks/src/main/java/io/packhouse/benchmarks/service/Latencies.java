package io.packhouse.benchmarks.service;

import java.util.Arrays;
import java.util.Collection;

/** How long calls took, in nanoseconds. Immutable. */
public final class Latencies {
  private final long[] sorted;

  public Latencies(Collection<Long> nanos) {
    sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  public int count() {
    return sorted.length;
  }

  /**
   * The time that this part of the calls took at most, in milliseconds; NaN where there are none.
   */
  public double millis(double part) {
    int ordinal = (int) Math.ceil(part * sorted.length) - 1;
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.clamp(ordinal, 0, sorted.length - 1)] / 1e6;
  }

  double meanMillis() {
    return Arrays.stream(sorted).average().orElse(Double.NaN) / 1e6;
  }
}
