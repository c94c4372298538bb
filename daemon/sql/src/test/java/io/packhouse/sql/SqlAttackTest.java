package io.packhouse.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.sql.SqlException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must not work does not, and whoever asks next is answered. */
class SqlAttackTest {
  private static final Set<Reason> EXPECTED = EnumSet.of(Reason.STATEMENT, Reason.MEMORY);

  /** Enough for the sample; little to attack. */
  private static final SqlLimits LIMITS = new SqlLimits(Duration.ofMillis(500), 100_000, 64 << 20);

  @TempDir static Path folder;
  private static SqlEngine engine;

  @BeforeAll
  static void load() throws Exception {
    engine = SqlEngine.start(new SqlOptions(SqlOptions.MIN_MEMORY_BYTES, 32 << 20, 2, false));
    engine.load("node", Samples.npm(folder));
    Files.writeString(folder.resolve("secret.csv"), "secret\n42\n");
  }

  @AfterAll
  static void close() throws IOException {
    engine.close();
  }

  /** Statements that are refused before anything runs, or by DuckDB at once. */
  static Stream<String> refused() throws IOException {
    return Stream.concat(
        statements("refused.sql"),
        Stream.of(
            "SELECT 1 -- x\n; SET threads = 1",
            "",
            ";",
            "-- nothing",
            "SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000),
            "SELECT " + "1+".repeat(50_000) + "1",
            "SELECT " + "-".repeat(1) + "NOT ".repeat(30_000) + "true",
            "SELECT '" + "x".repeat(300_000) + "'"));
  }

  /** Statements that ask for more than there is. */
  static Stream<String> stopped() throws IOException {
    return statements("stopped.sql");
  }

  /** The lines of a file that a benchmark sends to a daemon, too. */
  private static Stream<String> statements(String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(SqlAttackTest.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(line -> line.replace("FOLDER", folder.toString()));
    }
  }

  private static SqlException fails(String sql) {
    try {
      List<Map<String, String>> rows = Samples.rows(engine, sql, LIMITS);
      throw new AssertionError("it was answered: " + rows.subList(0, Math.min(3, rows.size())));
    } catch (SqlException e) {
      return e;
    } catch (IOException e) {
      throw new AssertionError("not told as it should be", e);
    }
  }

  private static void nextIsAnswered() throws IOException {
    SqlLimits usual = SqlLimits.DEFAULT;
    assertThat(Samples.rows(engine, "SELECT count(*) AS n FROM packages", usual))
        .containsExactly(Map.of("n", "2"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(String sql) throws IOException {
    SqlException failure = fails(sql);
    // What is long may take too long to be parsed.
    assertThat(failure.reason())
        .as(failure.getMessage())
        .isIn(sql.length() > 10_000 ? EnumSet.allOf(Reason.class) : EXPECTED)
        .isNotEqualTo(Reason.INTERNAL);
    assertThat(failure.getMessage()).doesNotContain("\tat ").doesNotContain(engine.folder() + "");
    nextIsAnswered();
  }

  @ParameterizedTest
  @MethodSource
  void stopped(String sql) throws IOException {
    SqlException failure = fails(sql);
    assertThat(failure.reason())
        .as(failure.getMessage())
        .isIn(Reason.TIME, Reason.LIMIT, Reason.MEMORY);
    nextIsAnswered();
  }

  @Test
  void thereAreAsManyAttacksAsPromised() throws IOException {
    assertThat(refused().count() + stopped().count()).isGreaterThan(60);
  }

  /**
   * Its pipes are closed before the system reports its end: the next query must not be in between.
   */
  @Test
  void theNextQueryNeverMeetsADyingWorker() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (InputStream result =
          engine.query("SELECT sum(sin(i)) FROM range(10000000000) t(i)", SqlLimits.DEFAULT)) {
        ProcessHandle.of(engine.workerPid()).orElseThrow().destroyForcibly();
        assertThatThrownBy(result::readAllBytes)
            .isInstanceOfSatisfying(
                SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MEMORY));
      }
      nextIsAnswered();
    }
  }

  @Test
  void aWorkerThatIsKilledIsReplaced() throws Exception {
    nextIsAnswered();
    ProcessHandle worker = ProcessHandle.of(engine.workerPid()).orElseThrow();
    worker.destroyForcibly();
    worker.onExit().get();
    nextIsAnswered();
    assertThatThrownBy(() -> engine.load("late", folder.resolve("node.pkh")))
        .isInstanceOf(IllegalStateException.class);
  }
}
