package io.packhouse.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Pictures of a corpus: time and size of packs, and times of extracting and verifying. */
final class Charts {
  private static final int WIDTH = 760;
  private static final int SCATTER_HEIGHT = 460;
  private static final double LEFT = 70;
  private static final double TOP = 48;
  private static final double RIGHT = WIDTH - 24;
  private static final double NAMES = 190;
  private static final double BAR_STEP = 24;

  private Charts() {}

  /** Writes all charts of a corpus, over those of an earlier run. */
  static void write(Path directory, Corpus corpus, Rows rows) throws IOException {
    Files.createDirectories(directory);
    String name = corpus.name().replaceAll("[^A-Za-z0-9._-]+", "_");
    if (!measured(peers(rows, Operation.PACK)).isEmpty()) {
      Files.writeString(
          directory.resolve(name + "-pack.svg"), scatter(corpus, peers(rows, Operation.PACK)));
    }
    for (Operation operation : List.of(Operation.EXTRACT, Operation.VERIFY)) {
      List<Row> peers = peers(rows, operation);
      if (!measured(peers).isEmpty()) {
        Files.writeString(
            directory.resolve(name + "-" + operation.label() + ".svg"),
            bars(corpus, operation, peers));
      }
    }
  }

  private static List<Row> peers(Rows rows, Operation operation) {
    return rows.of(operation).stream().filter(row -> !Limits.isLimit(row.contender())).toList();
  }

  /** Packs by time and size; the nearer to the lower left corner, the better. */
  static String scatter(Corpus corpus, List<Row> rows) {
    List<Row> packs = measured(rows);
    Svg svg = new Svg(WIDTH, SCATTER_HEIGHT, title(corpus, "time to pack and size"));
    double bottom = SCATTER_HEIGHT - 56.0;
    ToDoubleFunction<Row> seconds = row -> row.median(Metric.WALL);
    ToDoubleFunction<Row> megabytes = row -> row.median(Metric.ARCHIVE) / 1e6;
    Scale x = Scale.logarithmic(packs.stream().mapToDouble(seconds).toArray(), LEFT, RIGHT);
    Scale y = Scale.logarithmic(packs.stream().mapToDouble(megabytes).toArray(), bottom, TOP);
    svg.gridAcross(x, TOP, bottom);
    svg.gridUp(y, LEFT, RIGHT);
    svg.text(RIGHT, bottom + 38, "end", Svg.FAINT, false, "seconds to pack →");
    svg.text(16, TOP - 6, "start", Svg.FAINT, false, "↑ MB, archive");
    String missing =
        rows.stream()
            .filter(row -> row.samples().isEmpty())
            .map(row -> row.contender() + " > " + row.limitSeconds() + " s")
            .collect(Collectors.joining(", ", "not shown: ", ""));
    if (packs.size() < rows.size()) {
      svg.text(LEFT, bottom + 38, "start", Svg.FAINT, false, missing);
    }
    Labels labels = new Labels(new Labels.Box(LEFT, TOP, RIGHT - LEFT, bottom - TOP));
    packs.forEach(
        row ->
            labels.avoid(
                x.pixel(seconds.applyAsDouble(row)), y.pixel(megabytes.applyAsDouble(row))));
    for (Row row : packs) {
      double left = x.pixel(seconds.applyAsDouble(row));
      double top = y.pixel(megabytes.applyAsDouble(row));
      Labels.Box box = labels.place(row.contender(), left, top);
      if (box.x() > left + 14
          || box.x() + box.width() < left - 14
          || box.y() > top + 14
          || box.y() + box.height() < top - 14) {
        double near = Math.clamp(left, box.x(), box.x() + box.width());
        svg.line(left, top, near, Math.clamp(top, box.y(), box.y() + box.height()), Svg.LEADER, 1);
      }
      svg.point(left, top, color(row));
      svg.text(box.x(), box.y() + 11, "start", Svg.INK, isPackhouse(row), row.contender());
    }
    return svg.finish();
  }

  /** Times of an operation, shortest first; what was given up last. */
  static String bars(Corpus corpus, Operation operation, List<Row> rows) {
    List<Row> sorted =
        rows.stream()
            .sorted(
                Comparator.comparing((Row row) -> row.samples().isEmpty())
                    .thenComparingDouble(Charts::seconds))
            .toList();
    double bottom = TOP + sorted.size() * BAR_STEP;
    Svg svg = new Svg(WIDTH, (int) bottom + 40, title(corpus, "seconds to " + operation.label()));
    double most = sorted.stream().mapToDouble(Charts::seconds).max().orElse(1);
    Scale x = Scale.linear(most, NAMES, RIGHT - 60);
    svg.gridAcross(x, TOP - 6, bottom);
    double y = TOP;
    for (Row row : sorted) {
      boolean measured = !row.samples().isEmpty();
      double end = x.pixel(seconds(row));
      String color = measured ? color(row) : Svg.PALE;
      String value = measured ? precise(seconds(row)) : "> " + row.limitSeconds() + " s";
      svg.text(NAMES - 8, y + 13, "end", Svg.INK, isPackhouse(row), row.contender());
      svg.bar(NAMES, y + 2, end - NAMES, BAR_STEP - 8, color);
      svg.text(end + 6, y + 13, "start", Svg.INK, isPackhouse(row), value);
      y += BAR_STEP;
    }
    return svg.finish();
  }

  private static String precise(double seconds) {
    return String.format(Locale.ROOT, seconds < 10 ? "%.2f" : "%.1f", seconds);
  }

  private static double seconds(Row row) {
    return row.samples().isEmpty() ? row.limitSeconds() : row.median(Metric.WALL);
  }

  private static List<Row> measured(List<Row> rows) {
    return rows.stream().filter(row -> !row.samples().isEmpty()).toList();
  }

  private static String color(Row row) {
    return isPackhouse(row) ? Svg.ACCENT : Svg.OTHER;
  }

  private static boolean isPackhouse(Row row) {
    return row.contender().equals(Contenders.PACKHOUSE);
  }

  private static String title(Corpus corpus, String what) {
    return String.format(
        Locale.ROOT,
        "%s (%,d files, %.0f MB): %s",
        corpus.name(),
        corpus.files(),
        corpus.bytes() / 1e6,
        what);
  }
}
