package io.packhouse.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * A command at one size.
 *
 * @param series what grows
 * @param at how far it has grown: files, bytes or workers
 * @param operation pack or verify
 * @param files in the tree
 * @param bytes in the tree
 * @param archiveBytes of the archive
 * @param samples at least one
 * @param startSeconds what the operation takes for one file
 */
record ScalingPoint(
    String series,
    long at,
    String operation,
    long files,
    long bytes,
    long archiveBytes,
    List<Usage> samples,
    double startSeconds) {

  static final List<String> COLUMNS =
      List.of(
          "series",
          "at",
          "operation",
          "samples",
          "files",
          "bytes",
          "wall_s",
          "cpu_s",
          "peak_rss_bytes",
          "micros_a_file",
          "micros_a_file_after_start",
          "mb_a_second",
          "archive_bytes_a_file");

  ScalingPoint {
    samples = List.copyOf(samples);
  }

  double wallSeconds() {
    return Statistics.median(samples.stream().mapToDouble(u -> u.wallNanos() / 1e9).toArray());
  }

  double cpuSeconds() {
    return Statistics.median(samples.stream().mapToDouble(u -> u.cpuNanos() / 1e9).toArray());
  }

  double peakBytes() {
    return Statistics.median(samples.stream().mapToDouble(Usage::peakBytes).toArray());
  }

  double microsPerFile() {
    return wallSeconds() * 1e6 / files;
  }

  /** Without what the command takes for one file; not below 0. */
  double microsPerFileAfterStart() {
    return Math.max(0, wallSeconds() - startSeconds) * 1e6 / files;
  }

  double megabytesPerSecond() {
    return bytes / 1e6 / wallSeconds();
  }

  double archiveBytesPerFile() {
    return (double) archiveBytes / files;
  }

  /** As {@link #COLUMNS}. */
  String csv() {
    return Csv.line(
        List.of(
            series,
            Long.toString(at),
            operation,
            Integer.toString(samples.size()),
            Long.toString(files),
            Long.toString(bytes),
            Csv.number(wallSeconds()),
            Csv.number(cpuSeconds()),
            Csv.number(peakBytes()),
            files == 1 ? "" : Csv.number(microsPerFile()),
            files == 1 ? "" : Csv.number(microsPerFileAfterStart()),
            Csv.number(megabytesPerSecond()),
            Csv.number(archiveBytesPerFile())));
  }

  static String markdownHead() {
    return """
    | series | at | operation | n | wall s | CPU s | peak MiB | µs a file | after start | MB/s \
    | bytes an entry |
    |---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|\
    """;
  }

  String markdown() {
    return String.format(
        Locale.ROOT,
        "| %s | %,d | %s | %d | %.3f | %.3f | %.1f | %s | %s | %.1f | %s |",
        series,
        at,
        operation,
        samples.size(),
        wallSeconds(),
        cpuSeconds(),
        peakBytes() / (1 << 20),
        files == 1 ? "" : String.format(Locale.ROOT, "%.2f", microsPerFile()),
        files == 1 ? "" : String.format(Locale.ROOT, "%.2f", microsPerFileAfterStart()),
        megabytesPerSecond(),
        files == 1 ? "" : String.format(Locale.ROOT, "%.1f", archiveBytesPerFile()));
  }
}
