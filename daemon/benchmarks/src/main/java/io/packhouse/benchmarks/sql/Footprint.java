package io.packhouse.benchmarks.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What a process and those that it started take.
 *
 * @param bytes resident, of the process
 * @param childrenBytes resident, of the others together
 * @param children the others
 */
record Footprint(long bytes, long childrenBytes, long children) {
  private static final int MILLIS = 100;

  /** As it is now. */
  static Footprint of(long pid) throws IOException {
    List<ProcessHandle> children = ProcessHandle.of(pid).orElseThrow().descendants().toList();
    long sum = 0;
    for (ProcessHandle child : children) {
      sum += resident(child.pid());
    }
    return new Footprint(resident(pid), sum, children.size());
  }

  /** The most of each, as long as something goes on. */
  static Footprint most(long pid, BooleanSupplier under) throws IOException, InterruptedException {
    Footprint most = of(pid);
    while (under.getAsBoolean()) {
      Footprint now = of(pid);
      most =
          new Footprint(
              Math.max(most.bytes, now.bytes),
              Math.max(most.childrenBytes, now.childrenBytes),
              Math.max(most.children, now.children));
      TimeUnit.MILLISECONDS.sleep(MILLIS);
    }
    return most;
  }

  private static long resident(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      // A process that has just ended has no such line.
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "daemon %.0f MB, %d processes %.0f MB",
        bytes / 1e6,
        children,
        childrenBytes / 1e6);
  }
}
