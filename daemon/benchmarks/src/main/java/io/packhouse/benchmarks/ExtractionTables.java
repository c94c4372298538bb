package io.packhouse.benchmarks;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured of extraction, as Markdown and as CSV. */
final class ExtractionTables {

  private static final String RATES = "corpus,type,status,files,bytes,passes,wall_s,cpu_s";
  private static final String COMMANDS =
      "corpus,type,files,bytes,round,wall_s,user_s,system_s,peak_rss_bytes";
  private static final String COSTS =
      "corpus,extractors,round,wall_s,user_s,system_s,peak_rss_bytes";

  /** One command on the files of a type. */
  private record Key(String corpus, String type, int files, long bytes) {}

  private static final String WARM = "corpus,extractors,wall_s,cpu_s";

  private final List<List<String>> rates = new ArrayList<>();
  private final List<List<String>> warm = new ArrayList<>();
  private final Map<Key, List<Usage>> commands = new LinkedHashMap<>();
  private final Map<Corpus, List<Usage>> with = new LinkedHashMap<>();
  private final Map<Corpus, List<Usage>> without = new LinkedHashMap<>();

  /**
   * Adds what a warm process said of a type.
   *
   * @param fields type, status, files, bytes, passes, seconds of wall and of CPU
   */
  void addRate(Corpus corpus, List<String> fields) {
    List<String> all = new ArrayList<>(List.of(corpus.name()));
    all.addAll(fields);
    rates.add(all);
  }

  /**
   * Adds a pack in a warm process.
   *
   * @param fields all or none, seconds of wall and of CPU
   */
  void addWarmPack(Corpus corpus, List<String> fields) {
    List<String> all = new ArrayList<>(List.of(corpus.name()));
    all.addAll(fields);
    warm.add(all);
  }

  void addCommand(Corpus corpus, String type, List<Path> files, Usage usage) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    commands
        .computeIfAbsent(
            new Key(corpus.name(), type, files.size(), bytes), key -> new ArrayList<>())
        .add(usage);
  }

  void addPack(Corpus corpus, boolean all, Usage usage) {
    (all ? with : without).computeIfAbsent(corpus, key -> new ArrayList<>()).add(usage);
  }

  /** Writes rates.csv, commands.csv, costs.csv, warm.csv and tables.md. */
  void write(Path directory) throws IOException {
    StringBuilder lines = new StringBuilder(RATES + "\n");
    rates.forEach(rate -> lines.append(Csv.line(rate)));
    Files.writeString(directory.resolve("rates.csv"), lines);
    lines.setLength(0);
    lines.append(COMMANDS).append('\n');
    commands.forEach(
        (key, usages) ->
            addLines(
                lines,
                usages,
                key.corpus(),
                key.type(),
                Integer.toString(key.files()),
                Long.toString(key.bytes())));
    Files.writeString(directory.resolve("commands.csv"), lines);
    lines.setLength(0);
    lines.append(COSTS).append('\n');
    with.forEach((corpus, usages) -> addLines(lines, usages, corpus.name(), "all"));
    without.forEach((corpus, usages) -> addLines(lines, usages, corpus.name(), "none"));
    Files.writeString(directory.resolve("costs.csv"), lines);
    lines.setLength(0);
    lines.append(WARM).append('\n');
    warm.forEach(pack -> lines.append(Csv.line(pack)));
    Files.writeString(directory.resolve("warm.csv"), lines);
    Files.writeString(directory.resolve("tables.md"), markdown());
  }

  private static void addLines(StringBuilder lines, List<Usage> usages, String... start) {
    int round = 1;
    for (Usage usage : usages) {
      List<String> fields = new ArrayList<>(List.of(start));
      fields.add(Integer.toString(round++));
      fields.add(Csv.number(usage.wallNanos() / 1e9));
      fields.add(Csv.number(usage.userNanos() / 1e9));
      fields.add(Csv.number(usage.systemNanos() / 1e9));
      fields.add(Long.toString(usage.peakBytes()));
      lines.append(Csv.line(fields));
    }
  }

  /** All tables. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    addRates(text);
    addCommands(text);
    addCosts(text);
    addWarmPacks(text);
    return text.toString();
  }

  private void addRates(StringBuilder text) {
    if (rates.isEmpty()) {
      return;
    }
    text.append(
        """

        Extraction in a warm process, one thread, files in memory; medians of passes:

        | corpus | type | status | files | MB | passes | files/s | MB/s | CPU ms/file |
        |---|---|---|--:|--:|--:|--:|--:|--:|
        """);
    for (List<String> rate : rates) {
      double files = Double.parseDouble(rate.get(3));
      double bytes = Double.parseDouble(rate.get(4));
      double wall = Double.parseDouble(rate.get(6));
      double cpu = Double.parseDouble(rate.get(7));
      text.append("| ").append(String.join(" | ", rate.subList(0, 3)));
      add(text, " | %.0f | %.1f | %s", files, bytes / 1e6, rate.get(5));
      add(text, " | %.0f | %.1f", files / wall, bytes / 1e6 / wall);
      add(text, " | %.3f |%n", cpu * 1e3 / files);
    }
  }

  private void addCommands(StringBuilder text) {
    if (commands.isEmpty()) {
      return;
    }
    text.append(
        """

        `packhouse plugins try` on all files of a type, whole processes with their start; medians:

        | corpus | type | files | MB | n | wall s | CPU s | files/s | MB/s | CPU ms/file | peak MiB |
        |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
        """);
    commands.forEach(
        (key, usages) -> {
          double wall = wall(usages);
          double cpu = cpu(usages);
          double megabytes = key.bytes() / 1e6;
          add(text, "| %s | %s | %d", key.corpus(), key.type(), key.files());
          add(text, " | %.1f | %d | %.3f | %.3f", megabytes, usages.size(), wall, cpu);
          add(text, " | %.0f | %.1f", key.files() / wall, megabytes / wall);
          add(text, " | %.3f | %.0f |%n", cpu * 1e3 / key.files(), peak(usages));
        });
  }

  private void addCosts(StringBuilder text) {
    if (with.isEmpty()) {
      return;
    }
    text.append(
        """

        `packhouse pack` with all extractors beside `--no-metadata`, in turn; medians:

        | corpus | files | MB | n | wall s | without | ratio | CPU s | without | ratio | peak MiB | without |
        |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
        """);
    with.forEach(
        (corpus, all) -> {
          List<Usage> none = without.getOrDefault(corpus, List.of());
          add(text, "| %s | %d | %.1f", corpus.name(), corpus.files(), corpus.bytes() / 1e6);
          add(text, " | %d | %.3f | %.3f", all.size(), wall(all), wall(none));
          add(text, " | %s", Tables.ratio(wall(all) / wall(none)));
          add(text, " | %.3f | %.3f", cpu(all), cpu(none));
          add(text, " | %s", Tables.ratio(cpu(all) / cpu(none)));
          add(text, " | %.0f | %.0f |%n", peak(all), peak(none));
        });
  }

  private void addWarmPacks(StringBuilder text) {
    if (warm.isEmpty()) {
      return;
    }
    text.append(
        """

        The same packs in a process that has warmed up; medians:

        | corpus | n | wall s | without | ratio | CPU s | without | ratio |
        |---|--:|--:|--:|--:|--:|--:|--:|
        """);
    for (String corpus : warm.stream().map(List::getFirst).distinct().toList()) {
      double wall = warm(corpus, "all", 2);
      double wallWithout = warm(corpus, "none", 2);
      double cpu = warm(corpus, "all", 3);
      double cpuWithout = warm(corpus, "none", 3);
      long count = warm.stream().filter(pack -> pack.getFirst().equals(corpus)).count() / 2;
      add(text, "| %s | %d | %.3f | %.3f", corpus, count, wall, wallWithout);
      add(text, " | %s | %.3f", Tables.ratio(wall / wallWithout), cpu);
      add(text, " | %.3f | %s |%n", cpuWithout, Tables.ratio(cpu / cpuWithout));
    }
  }

  private double warm(String corpus, String extractors, int field) {
    return Statistics.median(
        warm.stream()
            .filter(pack -> pack.getFirst().equals(corpus) && pack.get(1).equals(extractors))
            .mapToDouble(pack -> Double.parseDouble(pack.get(field)))
            .toArray());
  }

  @FormatMethod
  private static void add(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }

  private static double wall(List<Usage> usages) {
    return median(usages, usage -> usage.wallNanos() / 1e9);
  }

  private static double cpu(List<Usage> usages) {
    return median(usages, usage -> usage.cpuNanos() / 1e9);
  }

  private static double peak(List<Usage> usages) {
    return median(usages, usage -> usage.peakBytes() / (double) (1 << 20));
  }

  private static double median(List<Usage> usages, ToDoubleFunction<Usage> value) {
    return Statistics.median(usages.stream().mapToDouble(value).toArray());
  }
}
