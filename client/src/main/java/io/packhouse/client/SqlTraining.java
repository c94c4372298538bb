package io.packhouse.client;

import io.packhouse.sql.Segment;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.SqlOptions;
import io.packhouse.sql.SqlProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a process that answers SQL needs of classes: one makes tables, and is asked. */
final class SqlTraining {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final SqlLimits LIMITS = new SqlLimits(PATIENCE, Long.MAX_VALUE, Long.MAX_VALUE);
  private static final List<String> QUESTIONS =
      List.of(
          "SELECT count(*) FROM entries",
          "SELECT * FROM entries",
          "SELECT * FROM packages WHERE version_compare('maven', version, '2.17') < 0",
          "SELECT * FROM dependencies WHERE version_in('maven', requirement, '>=1,<2')",
          "SHOW TABLES");

  private SqlTraining() {}

  /**
   * Trains.
   *
   * @param work a folder of the caller's
   * @param tree to pack
   * @param cache the file to make
   * @return how many commands failed
   */
  static int run(Path work, Path tree, Path cache) throws IOException, InterruptedException {
    Path archive = work.resolve("tree.pkh");
    int failures = AotTraining.run("pack", "--quiet", tree.toString(), archive.toString());
    Path tables = work.resolve("tables.duckdb");
    Path folder = Files.createDirectory(work.resolve("process"));
    try (SqlProcess process = SqlProcess.startTraining(folder, SqlOptions.DEFAULT, cache)) {
      process.create(tables);
      process.load("tree", "tree", archive, "");
      process.finish();
      process.open(List.of(Segment.of(tables)), List.of());
      for (String question : QUESTIONS) {
        process.plan(question, PATIENCE, () -> false);
        try (InputStream result = process.query(question, new byte[0], LIMITS)) {
          result.skip(Long.MAX_VALUE);
        }
      }
      process.leave();
    }
    return failures;
  }
}
