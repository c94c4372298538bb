package io.packhouse.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How near Packhouse comes to what the machine allows: the sum of the parts that any archiver with
 * digests has to do, on all cores at once, after the start of the command.
 */
final class LimitTable {
  private static final List<Operation> OPERATIONS = List.of(Operation.PACK, Operation.EXTRACT);

  /** Those whose CPU time adds up. Copying is told beside, since it is no part of a pack. */
  private static final List<String> PARTS =
      List.of(Limits.FILES, Limits.HASH, Limits.CODEC, Limits.WRITE);

  private LimitTable() {}

  /**
   * Prints a line for each corpus and operation of which start and parts were measured.
   *
   * @param cores that the parts share
   */
  static void print(List<Rows> corpora, int cores, PrintStream out) {
    List<String> lines =
        corpora.stream()
            .filter(rows -> !rows.all().isEmpty())
            .flatMap(rows -> OPERATIONS.stream().map(operation -> line(rows, operation, cores)))
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty()) {
      return;
    }
    out.println();
    out.println("### Beside the machine's limits");
    out.println();
    out.println(
        "| corpus | operation | start, s"
            + PARTS.stream().map(part -> " | " + part + ", CPU s").collect(Collectors.joining())
            + " | limit, s | packhouse, s | CPU s | wall ÷ limit |");
    out.println("|---|---|--:" + "|--:".repeat(PARTS.size() + 4) + "|");
    lines.forEach(out::println);
  }

  private static String line(Rows rows, Operation operation, int cores) {
    double start = median(rows, operation, Limits.START, Metric.WALL);
    double packhouse = median(rows, operation, Contenders.PACKHOUSE, Metric.WALL);
    StringBuilder parts = new StringBuilder();
    double total = 0;
    for (String part : PARTS) {
      double cpu = cpu(rows, operation, part);
      boolean taken = Double.isFinite(cpu);
      total += taken ? cpu : 0;
      parts.append(taken ? String.format(Locale.ROOT, " | %.2f", cpu) : " | –");
    }
    if (total == 0 || !Double.isFinite(start + packhouse)) {
      return "";
    }
    double limit = start + total / cores;
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.2f%s | %.2f | %.2f | %.2f | %s |",
        rows.all().getFirst().corpus().name(),
        operation.label(),
        start,
        parts,
        limit,
        packhouse,
        cpu(rows, operation, Contenders.PACKHOUSE),
        Tables.ratio(packhouse / limit));
  }

  private static double cpu(Rows rows, Operation operation, String contender) {
    return median(rows, operation, contender, Metric.USER)
        + median(rows, operation, contender, Metric.SYSTEM);
  }

  /** NaN where there are no samples. */
  private static double median(Rows rows, Operation operation, String contender, Metric metric) {
    return rows.of(operation, contender).map(row -> row.median(metric)).orElse(Double.NaN);
  }
}
