package io.packhouse.benchmarks;

import java.util.Arrays;

/** Of few numbers; NaN where there are none. */
public final class Statistics {
  private Statistics() {}

  /** The mean of the two in the middle where their number is even. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static double least(double[] values) {
    return Arrays.stream(values).min().orElse(Double.NaN);
  }

  static double most(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }
}
