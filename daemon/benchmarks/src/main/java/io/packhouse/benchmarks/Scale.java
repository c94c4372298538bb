package io.packhouse.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Maps values to pixels, and picks values to mark.
 *
 * @param logarithmic then all values are above 0
 * @param least value at {@code from}
 * @param most value at {@code to}, above the least
 * @param from in pixels
 * @param to in pixels; below {@code from} for an axis that goes up
 */
record Scale(boolean logarithmic, double least, double most, double from, double to) {
  private static final int TICKS = 6;

  /** From 0 to a bit more than the most. */
  static Scale linear(double most, double from, double to) {
    return new Scale(false, 0, most > 0 ? most * 1.05 : 1, from, to);
  }

  /** With all values inside, with a margin, and never so narrow that noise looks like much. */
  static Scale logarithmic(double[] values, double from, double to) {
    double least = Statistics.least(values);
    double most = Statistics.most(values);
    double middle = Math.sqrt(least * most);
    double half = Math.max(Math.sqrt(most / least) * 1.12, 1.25);
    return new Scale(true, middle / half, middle * half, from, to);
  }

  double pixel(double value) {
    double part =
        logarithmic
            ? Math.log(value / least) / Math.log(most / least)
            : (value - least) / (most - least);
    return from + part * (to - from);
  }

  /** Round values within the range: 1, 2 and 5 of each decade, or even steps. */
  List<Double> ticks() {
    if (!logarithmic || most / least < 6) {
      return steps();
    }
    double[] digits = most / least > 1e3 ? new double[] {1} : new double[] {1, 2, 5};
    List<Double> ticks = new ArrayList<>();
    double first = Math.floor(Math.log10(least));
    for (double decade = first; decade <= Math.log10(most); decade++) {
      for (double digit : digits) {
        double tick = digit * Math.pow(10, decade);
        if (tick >= least && tick <= most) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  private List<Double> steps() {
    double rough = (most - least) / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    double step = power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(least / step); i * step <= most; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }
}
