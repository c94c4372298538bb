package io.packhouse.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Medians as Markdown and as CSV, with ratios to {@link Contenders#BASELINE}. */
final class Tables {
  private static final String NOTHING = "–";

  private record Standing(Operation operation, String other) {}

  /** What is told of Packhouse beside one other. */
  private static final List<Standing> STANDINGS =
      List.of(
          new Standing(Operation.PACK, Contenders.BASELINE),
          new Standing(Operation.PACK, Contenders.TAR),
          new Standing(Operation.EXTRACT, Contenders.SQUASHFS),
          new Standing(Operation.VERIFY, Contenders.B3SUM_FILES),
          new Standing(Operation.VERIFY, Contenders.B3SUM_ARCHIVE));

  private Tables() {}

  static void print(Corpus corpus, Rows rows, PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%n### %s: %,d entries, %,d files, %.1f MB; one file: %s%n%n",
        corpus.name(),
        corpus.entries(),
        corpus.files(),
        corpus.bytes() / 1e6,
        corpus.oneFile());
    out.println(
        "| operation | contender | n | wall s | from–to | ratio | user s | system s | peak MiB"
            + " | waited | pre-empted | MB | ratio |");
    out.println("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    rows.all().forEach(row -> out.println(line(row, rows)));
  }

  private static String line(Row row, Rows rows) {
    String start = "| " + row.operation().label() + " | " + row.contender().replace("|", "\\|");
    String limit = row.limitSeconds() == 0 ? "" : " | > " + row.limitSeconds() + " s";
    if (row.samples().isEmpty()) {
      return start + " | 0" + limit + " | | | | | | | | | |";
    }
    boolean sized = row.operation() == Operation.PACK && !Limits.isLimit(row.contender());
    return String.format(
        Locale.ROOT,
        "%s | %d | %.3f | %.3f–%s | %s | %.3f | %.3f | %.1f | %.0f | %.0f | %s | %s |",
        start,
        row.samples().size(),
        row.median(Metric.WALL),
        row.least(Metric.WALL),
        row.limitSeconds() == 0
            ? String.format(Locale.ROOT, "%.3f", row.most(Metric.WALL))
            : "> " + row.limitSeconds(),
        ratio(rows.ratio(row, Contenders.BASELINE, Metric.WALL)),
        row.median(Metric.USER),
        row.median(Metric.SYSTEM),
        row.median(Metric.PEAK) / (1 << 20),
        row.median(Metric.VOLUNTARY),
        row.median(Metric.INVOLUNTARY),
        sized ? String.format(Locale.ROOT, "%.1f", row.median(Metric.ARCHIVE) / 1e6) : "",
        sized ? ratio(rows.ratio(row, Contenders.BASELINE, Metric.ARCHIVE)) : "");
  }

  /** The whole run as CSV: medians, extremes and ratios. */
  static String csv(List<Rows> corpora) {
    List<String> header = new ArrayList<>(List.of("corpus", "operation", "contender", "samples"));
    for (Metric metric : Metric.values()) {
      for (String which : List.of("median", "min", "max")) {
        header.add(metric.column() + "_" + which);
      }
    }
    header.addAll(List.of("wall_ratio", "archive_ratio", "over_limit_s"));
    StringBuilder text = new StringBuilder(Csv.line(header));
    for (Rows rows : corpora) {
      for (Row row : rows.all()) {
        List<String> fields =
            new ArrayList<>(
                List.of(
                    row.corpus().name(),
                    row.operation().label(),
                    row.contender(),
                    Integer.toString(row.samples().size())));
        Arrays.stream(Metric.values())
            .flatMap(
                metric -> List.of(row.median(metric), row.least(metric), row.most(metric)).stream())
            .map(Csv::number)
            .forEach(fields::add);
        fields.add(Csv.number(rows.ratio(row, Contenders.BASELINE, Metric.WALL)));
        boolean pack = row.operation() == Operation.PACK;
        fields.add(pack ? Csv.number(rows.ratio(row, Contenders.BASELINE, Metric.ARCHIVE)) : "");
        fields.add(row.limitSeconds() == 0 ? "" : Integer.toString(row.limitSeconds()));
        text.append(Csv.line(fields));
      }
    }
    return text.toString();
  }

  /** Whether a peer is better at once in time and in size, and how Packhouse stands to some. */
  static void printPareto(List<Rows> corpora, PrintStream out) {
    out.println();
    out.println("### Better in wall and size at once than packhouse");
    out.println();
    StringBuilder header = new StringBuilder("| corpus | better peers |");
    StringBuilder rule = new StringBuilder("|---|---|");
    for (Standing standing : STANDINGS) {
      header
          .append(' ')
          .append(standing.operation().label())
          .append(" ÷ ")
          .append(standing.other().replace("|", "\\|"))
          .append(" |");
      rule.append("--:|");
    }
    out.println(header);
    out.println(rule);
    corpora.stream().filter(rows -> !rows.all().isEmpty()).forEach(rows -> standing(rows, out));
  }

  private static void standing(Rows rows, PrintStream out) {
    String name = rows.all().getFirst().corpus().name();
    boolean packed =
        rows.of(Operation.PACK, Contenders.PACKHOUSE)
            .filter(r -> !r.samples().isEmpty())
            .isPresent();
    List<String> better = rows.better(Contenders.PACKHOUSE);
    String peers = better.isEmpty() ? "none" : String.join(", ", better).replace("|", "\\|");
    StringBuilder line =
        new StringBuilder("| " + name + " | " + (packed ? peers : "packhouse did not pack") + " |");
    for (Standing standing : STANDINGS) {
      String text =
          rows.of(standing.operation(), Contenders.PACKHOUSE)
              .map(row -> beside(rows, row, standing.other()))
              .orElse(NOTHING);
      line.append(' ').append(text).append(" |");
    }
    out.println(line);
  }

  private static String beside(Rows rows, Row row, String other) {
    String wall = ratio(rows.ratio(row, other, Metric.WALL));
    return row.operation() == Operation.PACK && !wall.equals(NOTHING)
        ? wall + ", size " + ratio(rows.ratio(row, other, Metric.ARCHIVE))
        : wall;
  }

  /** To two digits, or a dash where one of the two is missing. */
  static String ratio(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : NOTHING;
  }
}
