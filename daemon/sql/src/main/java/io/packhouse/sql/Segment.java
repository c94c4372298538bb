package io.packhouse.sql;

import java.nio.file.Path;
import java.util.Set;

/**
 * A file with the tables of some archives, made by {@link SqlProcess} and read by any number of
 * them.
 *
 * @param file a DuckDB database
 * @param without names of archives whose rows count no more
 */
public record Segment(Path file, Set<String> without) {
  public Segment {
    without = Set.copyOf(without);
  }

  /** All of a file. */
  public static Segment of(Path file) {
    return new Segment(file, Set.of());
  }
}
