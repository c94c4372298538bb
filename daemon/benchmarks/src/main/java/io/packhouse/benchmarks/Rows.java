package io.packhouse.benchmarks;

import java.util.List;
import java.util.Optional;

/**
 * The rows of one corpus.
 *
 * @param all by operation, then by contender
 */
record Rows(List<Row> all) {
  Rows {
    all = List.copyOf(all);
  }

  List<Row> of(Operation operation) {
    return all.stream().filter(row -> row.operation() == operation).toList();
  }

  Optional<Row> of(Operation operation, String contender) {
    return of(operation).stream().filter(row -> row.contender().equals(contender)).findFirst();
  }

  /** A row's median by that of another contender's at the same operation; NaN if one has none. */
  double ratio(Row row, String contender, Metric metric) {
    return row.median(metric)
        / of(row.operation(), contender).map(other -> other.median(metric)).orElse(Double.NaN);
  }

  /**
   * Contenders that packed faster and smaller than one did; equal is not better. The same program
   * with other options is no peer.
   */
  List<String> better(String than) {
    Optional<Row> own = of(Operation.PACK, than).filter(row -> !row.samples().isEmpty());
    return own.isEmpty()
        ? List.of()
        : of(Operation.PACK).stream()
            .filter(row -> !Limits.isLimit(row.contender()))
            .filter(row -> !row.contender().startsWith(than + " --"))
            .filter(row -> row.median(Metric.WALL) < own.get().median(Metric.WALL))
            .filter(row -> row.median(Metric.ARCHIVE) < own.get().median(Metric.ARCHIVE))
            .map(Row::contender)
            .toList();
  }
}
