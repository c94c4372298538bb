package io.packhouse.benchmarks;

import java.util.function.ToDoubleFunction;

/** What is measured of a command, in the order of the columns of CSV files. */
enum Metric {
  WALL("wall_s", sample -> sample.usage().wallNanos() / 1e9),
  USER("user_s", sample -> sample.usage().userNanos() / 1e9),
  SYSTEM("system_s", sample -> sample.usage().systemNanos() / 1e9),
  PEAK("peak_rss_bytes", sample -> sample.usage().peakBytes()),
  VOLUNTARY("voluntary_switches", sample -> sample.usage().voluntarySwitches()),
  INVOLUNTARY("involuntary_switches", sample -> sample.usage().involuntarySwitches()),
  ARCHIVE("archive_bytes", Sample::archiveBytes);

  private final String column;
  private final ToDoubleFunction<Sample> value;

  Metric(String column, ToDoubleFunction<Sample> value) {
    this.column = column;
    this.value = value;
  }

  String column() {
    return column;
  }

  double of(Sample sample) {
    return value.applyAsDouble(sample);
  }
}
