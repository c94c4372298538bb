package io.packhouse.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A strict parser of the text format of Prometheus, version 0.0.4: HELP and TYPE come once, before
 * the samples of their metric, whose lines are together, and no series comes twice.
 */
record ExposedMetrics(String text, Map<String, String> families, Map<String, Double> samples) {
  private static final Pattern COMMENT =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*)\",?");

  static ExposedMetrics parse(String text) {
    assertThat(text).endsWith("\n");
    Map<String, String> types = new HashMap<>();
    Set<String> helped = new HashSet<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    Map<String, Double> samples = new TreeMap<>();
    String family = "";
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      Matcher comment = COMMENT.matcher(line);
      if (comment.matches()) {
        family = comment.group(2);
        if (comment.group(1).equals("TYPE")) {
          assertThat(comment.group(3)).as(line).matches("counter|gauge|histogram|summary");
          assertThat(types.put(family, comment.group(3))).as(line).isNull();
        } else {
          assertThat(helped.add(family)).as(line).isTrue();
        }
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as(line).isTrue();
      String type = types.get(family);
      assertThat(type).as(line).isNotNull();
      String suffix = sample.group(1).substring(family.length());
      assertThat(sample.group(1)).as(line).startsWith(family);
      assertThat(suffix).as(line).matches(suffixes(type));
      Set<String> names = labels.computeIfAbsent(family, _ -> new TreeSet<>());
      names.addAll(labels(sample.group(3), line));
      String series =
          sample.group(3) == null ? sample.group(1) : sample.group(1) + "{" + sorted(sample) + "}";
      double value = Double.parseDouble(sample.group(4).replace("+Inf", "Infinity"));
      assertThat(samples.put(series, value)).as(line).isNull();
    }
    Map<String, String> families = new TreeMap<>();
    labels.forEach(
        (name, its) -> {
          its.remove("le");
          families.put(name, types.get(name) + " " + its);
        });
    assertThat(families.keySet()).isEqualTo(types.keySet()).isEqualTo(helped);
    return new ExposedMetrics(text, families, samples);
  }

  private static String suffixes(String type) {
    return switch (type) {
      case "histogram" -> "_bucket|_sum|_count";
      case "summary" -> "_sum|_count|";
      default -> "";
    };
  }

  private static String sorted(Matcher sample) {
    return Arrays.stream(sample.group(3).split(",")).sorted().collect(Collectors.joining(","));
  }

  private static Set<String> labels(String text, String line) {
    Set<String> labels = new TreeSet<>();
    if (text != null) {
      Matcher label = LABEL.matcher(text);
      int at = 0;
      while (label.find()) {
        assertThat(label.start()).as(line).isEqualTo(at);
        assertThat(labels.add(label.group(1))).as(line).isTrue();
        at = label.end();
      }
      assertThat(at).as(line).isEqualTo(text.length());
    }
    return labels;
  }

  /** Names of samples, with those of the parts of histograms. */
  Set<String> sampleNames() {
    return samples.keySet().stream()
        .map(series -> series.replaceAll("\\{.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The value of a series, whose labels are in order. */
  double value(String series) {
    assertThat(samples).containsKey(series);
    return samples.get(series);
  }
}
