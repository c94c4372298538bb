package io.packhouse.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * What to measure of how Packhouse scales.
 *
 * @param files numbers of small files in a tree
 * @param bytes lengths of a tree's only file
 * @param workers numbers of workers
 */
record ScalingPlan(List<Integer> files, List<Long> bytes, List<Integer> workers) {
  private static final List<Integer> FILES = List.of(1_000, 10_000, 100_000, 1_000_000);
  private static final List<Long> BYTES =
      List.of(1_000_000L, 10_000_000L, 100_000_000L, 1_000_000_000L, 10_000_000_000L);
  private static final List<Integer> WORKERS = List.of(1, 2, 4, 8, 16);
  private static final int HUGE_FILES = 10_000_000;
  private static final long HUGE_BYTES = 50_000_000_000L;

  ScalingPlan {
    files = List.copyOf(files);
    bytes = List.copyOf(bytes);
    workers = List.copyOf(workers);
  }

  /**
   * The usual plan.
   *
   * @param parts of files, bytes, workers
   * @param huge whether what takes long and needs much room is in it
   */
  static ScalingPlan of(List<String> parts, boolean huge) {
    return new ScalingPlan(
        parts.contains("files") ? with(FILES, HUGE_FILES, huge) : List.of(),
        parts.contains("bytes") ? with(BYTES, HUGE_BYTES, huge) : List.of(),
        parts.contains("workers") ? WORKERS : List.of());
  }

  private static <T> List<T> with(List<T> usual, T last, boolean huge) {
    return huge ? Stream.concat(usual.stream(), Stream.of(last)).toList() : usual;
  }
}
