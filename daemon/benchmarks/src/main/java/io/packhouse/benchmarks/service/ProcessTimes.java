package io.packhouse.benchmarks.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU times of a process, to 10 ms, from {@code /proc/PID/stat}.
 *
 * @param nanos of all its threads
 * @param childrenNanos of all processes that it started and waited for
 */
record ProcessTimes(long nanos, long childrenNanos) {
  /** 100 ticks a second on every Linux that Java runs on. */
  private static final long TICK_NANOS = 10_000_000;

  private static final int FIRST = 11;

  /**
   * @param process its number, or {@code self}
   */
  static ProcessTimes of(String process) throws IOException {
    String stat = Files.readString(Path.of("/proc", process, "stat"));
    // The second field is the name, which may have anything in it, and ends with the last ')'.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new ProcessTimes(nanos(fields, FIRST), nanos(fields, FIRST + 2));
  }

  private static long nanos(String[] fields, int at) {
    return (Long.parseLong(fields[at]) + Long.parseLong(fields[at + 1])) * TICK_NANOS;
  }
}
