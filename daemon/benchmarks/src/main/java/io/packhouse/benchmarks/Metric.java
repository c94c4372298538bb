package io.packhouse.benchmarks;

/** What is measured of a command, in the order of the columns of CSV files. */
enum Metric {
  WALL("wall_s"),
  USER("user_s"),
  SYSTEM("system_s"),
  PEAK("peak_rss_bytes"),
  VOLUNTARY("voluntary_switches"),
  INVOLUNTARY("involuntary_switches"),
  ARCHIVE("archive_bytes");

  private final String column;

  Metric(String column) {
    this.column = column;
  }

  String column() {
    return column;
  }

  double of(Sample sample) {
    Usage usage = sample.usage();
    return switch (this) {
      case WALL -> usage.wallNanos() / 1e9;
      case USER -> usage.userNanos() / 1e9;
      case SYSTEM -> usage.systemNanos() / 1e9;
      case PEAK -> usage.peakBytes();
      case VOLUNTARY -> usage.voluntarySwitches();
      case INVOLUNTARY -> usage.involuntarySwitches();
      case ARCHIVE -> sample.archiveBytes();
    };
  }
}
