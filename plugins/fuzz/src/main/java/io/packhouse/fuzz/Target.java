package io.packhouse.fuzz;

import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageExtractor;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** What is fuzzed. For one thread. */
public sealed interface Target permits ArchiveTarget, ExtractorTarget, OpenerTarget {

  /** Small enough that what goes past them is soon found. */
  ExtractionLimits LIMITS = new ExtractionLimits(16L << 20, 10_000, 16, Duration.ofSeconds(2));

  /**
   * CPU time after which an input has gone past the limit of time: what it stops at is looked at
   * now and then only, and instrumented code is slow.
   */
  Duration PATIENCE = LIMITS.timeout().multipliedBy(2);

  /** The target of the readers of our own archives. */
  String ARCHIVE = "archive";

  /** The opener's target; the others are named by package types. */
  String OPENER = "opener";

  /** The names of all targets. */
  static List<String> names() {
    TreeSet<String> names = new TreeSet<>(Shapes.OF_TYPES.keySet());
    names.add(ARCHIVE);
    names.add(OPENER);
    return List.copyOf(names);
  }

  /**
   * A target.
   *
   * @throws IllegalArgumentException where there is none of this name
   */
  static Target named(String name) {
    if (name.equals(ARCHIVE)) {
      return new ArchiveTarget();
    }
    if (name.equals(OPENER)) {
      return new OpenerTarget();
    }
    List<Shape> shapes = Shapes.OF_TYPES.get(name);
    for (PackageExtractor extractor : ServiceLoader.load(PackageExtractor.class)) {
      if (shapes != null && extractor.packageType().equals(name)) {
        return new ExtractorTarget(extractor, shapes, PATIENCE);
      }
    }
    throw new IllegalArgumentException("no target " + name + ", there are " + names());
  }

  /**
   * Runs one input.
   *
   * @throws Throwable whatever should not have been thrown, or an {@link AssertionError} that says
   *     what else is wrong
   */
  void run(byte[] input) throws Throwable;

  /** The CPU time of this thread in nanoseconds. */
  static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Fails where an input took too long. */
  static void checkTime(long startCpuNanos, Duration patience) {
    Duration spent = Duration.ofNanos(cpuNanos() - startCpuNanos);
    if (spent.compareTo(patience) > 0) {
      throw new AssertionError("took " + spent + " of CPU, limit " + LIMITS.timeout());
    }
  }
}
