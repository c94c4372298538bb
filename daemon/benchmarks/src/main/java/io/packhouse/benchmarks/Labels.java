package io.packhouse.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Finds places for the labels of points, so that they cover neither each other nor points. */
final class Labels {
  static final double HEIGHT = 14;
  private static final double CHARACTER = 6.8;
  private static final double POINT = 6;
  private static final double GAP = 5;

  /** What a place costs that is nearer to another point than to its own, as area covered. */
  private static final double MISTAKEN = 60;

  private static final double[] DISTANCES = {4, 14, 24, 36, 50, 66, 84, 104};

  /** Where the eye looks first comes first. */
  private static final double[][] DIRECTIONS = {
    {1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}
  };

  private final Box plot;
  private final List<Box> points = new ArrayList<>();
  private final List<Box> labels = new ArrayList<>();

  /**
   * A rectangle.
   *
   * @param x its left edge
   * @param y its upper edge
   */
  record Box(double x, double y, double width, double height) {
    /** The area that two have in common. */
    double overlap(Box other) {
      double wide = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
      double high = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
      return Math.max(0, wide) * Math.max(0, high);
    }

    private double distance(double px, double py) {
      return Math.hypot(px - Math.clamp(px, x, x + width), py - Math.clamp(py, y, y + height));
    }

    private Box padded() {
      return new Box(x - GAP, y, width + 2 * GAP, height);
    }

    private double area() {
      return width * height;
    }
  }

  /**
   * @param plot where labels must stay
   */
  Labels(Box plot) {
    this.plot = plot;
  }

  static double width(String text) {
    return text.length() * CHARACTER;
  }

  /** Keeps labels off a point; to be called for all points before the first label. */
  void avoid(double x, double y) {
    points.add(new Box(x - POINT, y - POINT, 2 * POINT, 2 * POINT));
  }

  /** Takes the place for the label of a point that covers the least, near ones first. */
  Box place(String text, double x, double y) {
    double width = width(text);
    Box best = new Box(x, y, width, HEIGHT);
    double least = Double.POSITIVE_INFINITY;
    for (double distance : DISTANCES) {
      for (double[] direction : DIRECTIONS) {
        Box box = box(x, y, width, direction, POINT + distance);
        double covered = cost(box, x, y);
        if (covered < least - 1) {
          least = covered;
          best = box;
        }
      }
    }
    labels.add(best);
    return best;
  }

  private double cost(Box box, double x, double y) {
    double cost = box.area() - box.overlap(plot);
    double own = box.distance(x, y);
    for (Box label : labels) {
      cost += box.padded().overlap(label);
    }
    for (Box point : points) {
      double other = box.distance(point.x + POINT, point.y + POINT);
      cost += box.overlap(point) + (other < own - 1 ? MISTAKEN : 0);
    }
    return cost;
  }

  private static Box box(double x, double y, double width, double[] direction, double distance) {
    double left = x + direction[0] * distance - (1 - direction[0]) / 2 * width;
    double top = y + direction[1] * distance - (1 - direction[1]) / 2 * HEIGHT;
    return new Box(left, top, width, HEIGHT);
  }
}
