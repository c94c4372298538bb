package io.packhouse.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines of comma-separated values, as RFC 4180 has them but for their ends, which are \n. */
final class Csv {
  private Csv() {}

  /** A line with its end. */
  static String line(List<String> fields) {
    return fields.stream().map(Csv::field).collect(Collectors.joining(",", "", "\n"));
  }

  /** A field, quoted where it must be. */
  static String field(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** A number without needless zeros; nothing where there is none. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    String text = String.format(Locale.ROOT, "%.6f", value);
    return text.replaceFirst("\\.?0+$", "");
  }
}
