package io.packhouse.benchmarks.service;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Numbers by part, case and what they are. They are printed as they come, and kept in {@code
 * service.csv}: part, case, metric, unit, value.
 */
final class Results {
  private record Line(String part, String name, String metric, String unit, double value) {}

  private final PrintStream out;
  private final Path csv;
  private final List<Line> lines = new ArrayList<>();

  Results(PrintStream out, Path csv) {
    this.out = out;
    this.csv = csv;
  }

  /** A case's numbers: a metric's name, its unit and its value in turn. */
  void add(String part, String name, Object... numbers) throws IOException {
    StringJoiner text = new StringJoiner(", ");
    for (int i = 0; i < numbers.length; i += 3) {
      String metric = (String) numbers[i];
      String unit = (String) numbers[i + 1];
      double value = ((Number) numbers[i + 2]).doubleValue();
      lines.add(new Line(part, name, metric, unit, value));
      text.add(metric + " " + text(value) + (unit.isEmpty() ? "" : " " + unit));
    }
    out.printf(Locale.ROOT, "%-8s %-44s %s%n", part, name, text);
    write();
  }

  /** Three digits or more. */
  private static String text(double value) {
    double size = Math.abs(value);
    String format =
        size >= 100 || value == Math.rint(value) ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  /** Written again after each, so that a run that is ended early leaves what it has. */
  private void write() throws IOException {
    StringBuilder text = new StringBuilder("part,case,metric,unit,value\n");
    for (Line line : lines) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s,\"%s\",%s,%s,%.6f%n",
              line.part,
              line.name.replace("\"", "\"\""),
              line.metric,
              line.unit,
              line.value));
    }
    Files.writeString(csv, text);
  }
}
