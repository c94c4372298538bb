package io.packhouse.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Two pictures side by side for each series: time, and peak memory. */
final class ScalingCharts {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 340;
  private static final double TOP = 64;
  private static final double BOTTOM = HEIGHT - 52.0;
  private static final double PANEL = 335;
  private static final List<String> OPERATIONS = List.of("pack", "verify");

  private ScalingCharts() {}

  static void write(Path directory, List<ScalingPoint> points) throws IOException {
    Files.createDirectories(directory);
    for (String series : List.of(Scaling.FILES, Scaling.BYTES, Scaling.WORKERS)) {
      List<ScalingPoint> own = points.stream().filter(p -> p.series().equals(series)).toList();
      if (!own.isEmpty()) {
        Files.writeString(directory.resolve("scaling-" + series + ".svg"), draw(series, own));
      }
    }
  }

  /**
   * Draws a series.
   *
   * @param points at least one
   */
  static String draw(String series, List<ScalingPoint> points) {
    Svg svg = new Svg(WIDTH, HEIGHT, "packhouse by " + series + ": time and peak memory");
    switch (series) {
      case Scaling.FILES ->
          panel(
              svg,
              64,
              series,
              "µs a file, after start",
              points,
              ScalingPoint::microsPerFileAfterStart);
      case Scaling.BYTES ->
          panel(svg, 64, series, "MB/s", points, ScalingPoint::megabytesPerSecond);
      default -> panel(svg, 64, series, "seconds", points, ScalingPoint::wallSeconds);
    }
    panel(svg, 64 + PANEL + 96, series, "MiB, peak", points, p -> p.peakBytes() / (1 << 20));
    return svg.finish();
  }

  private static void panel(
      Svg svg,
      double left,
      String series,
      String unit,
      List<ScalingPoint> points,
      ToDoubleFunction<ScalingPoint> value) {
    double right = left + PANEL - 40;
    Scale x =
        Scale.logarithmic(points.stream().mapToDouble(ScalingPoint::at).toArray(), left, right);
    Scale y = Scale.linear(points.stream().mapToDouble(value).max().orElse(1), BOTTOM, TOP);
    svg.gridUp(y, left, right);
    svg.gridAcross(x, TOP, BOTTOM);
    svg.text(left - 48, TOP - 10, "start", Svg.FAINT, false, "↑ " + unit);
    svg.text(right, BOTTOM + 38, "end", Svg.FAINT, false, series + " →");
    double lastLabel = Double.NEGATIVE_INFINITY;
    for (String operation : OPERATIONS) {
      String color = operation.equals("pack") ? Svg.ACCENT : Svg.OTHER;
      List<ScalingPoint> own =
          points.stream().filter(point -> point.operation().equals(operation)).toList();
      for (int i = 0; i < own.size(); i++) {
        double px = x.pixel((double) own.get(i).at());
        double py = y.pixel(value.applyAsDouble(own.get(i)));
        if (i > 0) {
          ScalingPoint last = own.get(i - 1);
          svg.line(
              x.pixel((double) last.at()), y.pixel(value.applyAsDouble(last)), px, py, color, 2);
        }
        svg.point(px, py, color);
        if (i == own.size() - 1) {
          double at = Math.abs(py - lastLabel) < 14 ? lastLabel + 14 : py;
          svg.text(right + 4, at + 4, "start", color, true, operation);
          lastLabel = at;
        }
      }
    }
  }
}
