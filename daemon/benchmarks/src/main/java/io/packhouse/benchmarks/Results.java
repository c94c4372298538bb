package io.packhouse.benchmarks;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Keeps samples: all of them as CSV while they come, medians as Markdown tables at the end. */
final class Results implements Closeable {
  private static final double NANOS = 1e9;

  /**
   * One operation, timed once.
   *
   * @param archiveBytes length of the contender's archive
   */
  record Sample(
      Corpus corpus,
      Operation operation,
      String contender,
      int round,
      Usage usage,
      long archiveBytes) {}

  private final List<Sample> samples = new ArrayList<>();
  private final BufferedWriter csv;

  /** Starts a new CSV file. */
  Results(Path csvFile) throws IOException {
    csv = Files.newBufferedWriter(csvFile);
    csv.write(
        "corpus,operation,contender,round,wall_s,user_s,system_s,peak_rss_bytes,"
            + "voluntary_switches,involuntary_switches,archive_bytes\n");
  }

  void add(Sample sample) throws IOException {
    samples.add(sample);
    Usage usage = sample.usage();
    csv.write(
        String.format(
            Locale.ROOT,
            "%s,%s,%s,%d,%.6f,%.6f,%.6f,%d,%d,%d,%d%n",
            quoted(sample.corpus().name()),
            sample.operation().label(),
            quoted(sample.contender()),
            sample.round(),
            usage.wallNanos() / NANOS,
            usage.userNanos() / NANOS,
            usage.systemNanos() / NANOS,
            usage.peakBytes(),
            usage.voluntarySwitches(),
            usage.involuntarySwitches(),
            sample.archiveBytes()));
    csv.flush();
  }

  /** Prints the medians of one corpus, with ratios to {@link Contender#BASELINE}. */
  void print(Corpus corpus, PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%n### %s: %,d entries, %,d files, %.1f MB; one file: %s%n%n",
        corpus.name(),
        corpus.entries(),
        corpus.files(),
        corpus.bytes() / 1e6,
        corpus.oneFile());
    out.println(
        "| operation | contender | wall s | from–to | ratio | CPU s | peak MiB | MB | ratio |");
    out.println("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for (Operation operation : Operation.values()) {
      Set<String> contenders = new LinkedHashSet<>();
      for (Sample sample : samples) {
        if (sample.corpus().equals(corpus) && sample.operation() == operation) {
          contenders.add(sample.contender());
        }
      }
      List<Sample> baseline = of(corpus, operation, Contender.BASELINE);
      for (String contender : contenders) {
        printRow(operation, contender, of(corpus, operation, contender), baseline, out);
      }
    }
  }

  private static void printRow(
      Operation operation,
      String contender,
      List<Sample> own,
      List<Sample> baseline,
      PrintStream out) {
    ToDoubleFunction<Sample> wall = sample -> sample.usage().wallNanos() / NANOS;
    String sizes = " | |";
    if (operation == Operation.PACK) {
      double bytes = median(own, Sample::archiveBytes);
      sizes =
          String.format(
              Locale.ROOT,
              " %.1f | %s |",
              bytes / 1e6,
              ratio(bytes, median(baseline, Sample::archiveBytes)));
    }
    out.printf(
        Locale.ROOT,
        "| %s | %s | %.3f | %.3f–%.3f | %s | %.3f | %.1f |%s%n",
        operation.label(),
        contender.replace("|", "\\|"),
        median(own, wall),
        own.stream().mapToDouble(wall).min().orElseThrow(),
        own.stream().mapToDouble(wall).max().orElseThrow(),
        ratio(median(own, wall), median(baseline, wall)),
        median(own, sample -> sample.usage().cpuNanos() / NANOS),
        median(own, sample -> sample.usage().peakBytes()) / (1 << 20),
        sizes);
  }

  private List<Sample> of(Corpus corpus, Operation operation, String contender) {
    return samples.stream()
        .filter(sample -> sample.corpus().equals(corpus))
        .filter(sample -> sample.operation() == operation)
        .filter(sample -> sample.contender().equals(contender))
        .toList();
  }

  /** The mean of the two in the middle where their number is even; NaN where there are none. */
  private static double median(List<Sample> samples, ToDoubleFunction<Sample> value) {
    double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String ratio(double value, double baseline) {
    return Double.isNaN(baseline) ? "–" : String.format(Locale.ROOT, "%.2f", value / baseline);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
