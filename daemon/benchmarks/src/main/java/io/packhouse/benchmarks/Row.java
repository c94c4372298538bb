package io.packhouse.benchmarks;

import java.util.List;

/**
 * All that is known of a contender at an operation on a corpus.
 *
 * @param samples none if its first command took too long
 * @param limitSeconds what a command of it took longer than; 0 if none did
 */
record Row(
    Corpus corpus, Operation operation, String contender, List<Sample> samples, int limitSeconds) {

  Row {
    samples = List.copyOf(samples);
  }

  /** NaN where there are no samples. */
  double median(Metric metric) {
    return Statistics.median(values(metric));
  }

  /** NaN where there are no samples. */
  double least(Metric metric) {
    return Statistics.least(values(metric));
  }

  /** NaN where there are no samples. */
  double most(Metric metric) {
    return Statistics.most(values(metric));
  }

  private double[] values(Metric metric) {
    return samples.stream().mapToDouble(metric::of).toArray();
  }
}
