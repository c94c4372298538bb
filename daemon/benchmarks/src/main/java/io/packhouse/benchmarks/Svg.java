package io.packhouse.benchmarks;

import java.util.Locale;

/** Text of an SVG picture, on a ground of its own so that it reads on light and dark pages. */
final class Svg {
  static final String INK = "#24292f";
  static final String FAINT = "#59636e";
  static final String GRID = "#d8dee4";
  static final String ACCENT = "#c2410c";
  static final String OTHER = "#3b6ea5";
  static final String LEADER = "#9aa7b5";
  static final String PALE = "#c9d6e6";
  private static final String GROUND = "#fbfbf9";

  private final StringBuilder text = new StringBuilder();

  Svg(int width, int height, String title) {
    text.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\""
                + " viewBox=\"0 0 %1$d %2$d\" font-family=\"sans-serif\" font-size=\"12\""
                + " role=\"img\">%n<title>%3$s</title>%n"
                + "<rect width=\"%1$d\" height=\"%2$d\" rx=\"6\" fill=\"%4$s\"/>%n",
            width,
            height,
            escaped(title),
            GROUND));
    text(16, 24, "start", INK, true, title);
  }

  /** Text whose baseline is at y. */
  void text(double x, double y, String anchor, String color, boolean bold, String words) {
    text.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\"%s>%s</text>%n",
            x,
            y,
            anchor,
            color,
            bold ? " font-weight=\"bold\"" : "",
            escaped(words)));
  }

  void line(double x1, double y1, double x2, double y2, String color, double width) {
    text.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                + " stroke-width=\"%.1f\"/>%n",
            x1,
            y1,
            x2,
            y2,
            color,
            width));
  }

  void bar(double x, double y, double width, double height, String color) {
    text.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
            x,
            y,
            Math.max(width, 1),
            height,
            color));
  }

  void point(double x, double y, String color) {
    text.append(
        String.format(
            Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\"/>%n", x, y, color));
  }

  /** Marks values of a vertical scale from left to right. */
  void gridUp(Scale scale, double left, double right) {
    for (double tick : scale.ticks()) {
      double y = scale.pixel(tick);
      line(left, y, right, y, GRID, 1);
      text(left - 6, y + 4, "end", FAINT, false, number(tick));
    }
  }

  /** Marks values of a horizontal scale from top to bottom. */
  void gridAcross(Scale scale, double top, double bottom) {
    for (double tick : scale.ticks()) {
      double x = scale.pixel(tick);
      line(x, top, x, bottom, GRID, 1);
      text(x, bottom + 16, "middle", FAINT, false, number(tick));
    }
  }

  /** The whole picture. */
  String finish() {
    return text + "</svg>\n";
  }

  /** Three digits, or all before the point. */
  static String number(double value) {
    if (value >= 1e9) {
      return trimmed(value / 1e9) + " G";
    }
    if (value >= 1e6) {
      return trimmed(value / 1e6) + " M";
    }
    return value >= 1e4 ? trimmed(value / 1e3) + " k" : trimmed(value);
  }

  private static String trimmed(double value) {
    int digits = value >= 100 || value <= 0 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    return digits == 0 ? text : text.replaceFirst("\\.?0+$", "");
  }

  static String escaped(String words) {
    return words
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
