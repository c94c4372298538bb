package io.packhouse.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.sql.SqlException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
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
  static Stream<String> refused() {
    String file = "'" + folder.resolve("secret.csv") + "'";
    String out = "'" + folder.resolve("out") + "'";
    return Stream.of(
        // Files
        "SELECT * FROM read_csv(" + file + ")",
        "SELECT * FROM read_csv_auto(" + file + ")",
        "SELECT * FROM read_text(" + file + ")",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM read_json(" + file + ")",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
        "SELECT * FROM parquet_metadata('x.parquet')",
        "SELECT * FROM sniff_csv(" + file + ")",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM " + file,
        "FROM " + file,
        "SELECT (SELECT content FROM read_text('/proc/self/environ'))",
        "WITH x AS (FROM read_text('/etc/passwd')) SELECT * FROM x",
        "SELECT * FROM archives, LATERAL (FROM read_text(path))",
        "SELECT * FROM 'file:///etc/passwd'",
        "COPY (SELECT 1) TO " + out,
        "COPY packages TO " + out + " (FORMAT parquet)",
        "COPY packages FROM " + file,
        "EXPORT DATABASE " + out,
        "IMPORT DATABASE " + out,
        // Other databases and code
        "ATTACH ':memory:' AS other",
        "ATTACH " + out + " AS other",
        "DETACH tables",
        "USE temp",
        "INSTALL httpfs",
        "INSTALL httpfs FROM 'http://example.org'",
        "LOAD httpfs",
        "LOAD '/tmp/x.duckdb_extension'",
        "FORCE INSTALL httpfs FROM community",
        // Settings and what the process is
        "SET memory_limit = '100GB'",
        "SET lock_configuration = false",
        "SET enable_external_access = true",
        "SET VARIABLE x = 1",
        "RESET memory_limit",
        "PRAGMA database_list",
        "PRAGMA memory_limit = '100GB'",
        "PRAGMA enable_profiling",
        "SELECT getenv('HOME')",
        "SELECT current_setting('temp_directory')",
        "SELECT getvariable('x')",
        "SELECT main.current_setting('temp_directory')",
        "SELECT \"current_setting\"('temp_directory')",
        "SHOW temp_directory",
        "SHOW ALL",
        "SHOW DATABASES",
        "SUMMARIZE duckdb_settings",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM \"duckdb_settings\"()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_databases()",
        "SELECT * FROM duckdb_databases",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM pragma_version()",
        "SELECT * FROM pg_catalog.pg_settings",
        "SELECT * FROM system.main.duckdb_settings",
        "SELECT * FROM duckdb_logs",
        "SELECT * FROM duckdb_temporary_files()",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('packages')",
        "SELECT * FROM json_execute_serialized_sql('{}')",
        "SELECT write_log('x')",
        "CREATE SECRET s (TYPE s3)",
        // Changes
        "CREATE TABLE x AS SELECT 1",
        "CREATE TEMP TABLE x AS SELECT 1",
        "CREATE MACRO purl_type(p) AS 'x'",
        "CREATE VIEW x AS SELECT 1",
        "CREATE TYPE x AS ENUM ('a')",
        "CREATE SEQUENCE x",
        "DROP TABLE packages",
        "ALTER TABLE packages ADD COLUMN x INT",
        "INSERT INTO packages (path) VALUES ('x')",
        "UPDATE packages SET path = 'x'",
        "DELETE FROM packages",
        "TRUNCATE packages",
        "WITH x AS (INSERT INTO packages (path) VALUES ('x') RETURNING *) SELECT * FROM x",
        "WITH x AS (DELETE FROM packages RETURNING *) SELECT * FROM x",
        "MERGE INTO packages USING packages p ON true WHEN MATCHED THEN DELETE",
        "CALL range(3)",
        "EXPLAIN ANALYZE SELECT 1",
        "PREPARE x AS SELECT 1",
        "EXECUTE x",
        "BEGIN TRANSACTION",
        "COMMIT",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        "VACUUM",
        "ANALYZE",
        "SELECT * FROM checkpoint()",
        "SELECT * FROM force_checkpoint()",
        "COMMENT ON TABLE packages IS 'x'",
        // Several statements, and comments
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE packages",
        "SELECT 1;; DROP TABLE packages --",
        "SELECT 1 /* ; */ ; ATTACH ':memory:' AS y",
        "/* SELECT */ ATTACH ':memory:' AS y",
        "SELECT 1 -- x\n; SET threads = 1",
        "SELECT 1) AS q(c1); DROP TABLE packages; SELECT (1",
        "SELECT 1::UBIGINT) AS q(c1); DROP TABLE packages; --",
        "SELECT 1 /* */ ; DROP TABLE packages /* */",
        "",
        ";",
        "-- nothing",
        // Too much of it
        "SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000),
        "SELECT " + "1+".repeat(50_000) + "1",
        "SELECT " + "-".repeat(1) + "NOT ".repeat(30_000) + "true",
        "SELECT '" + "x".repeat(300_000) + "'");
  }

  /** Statements that ask for more than there is. */
  static Stream<String> stopped() {
    return Stream.of(
        "SELECT length(repeat('x', 2000000000))",
        "SELECT repeat(repeat('x', 30000), 30000)",
        "SELECT length(rpad('', 2000000000, 'x'))",
        "SELECT length(lpad('x', 1500000000, 'yz'))",
        "SELECT len(range(1000000000))",
        "SELECT list_sort(range(300000000))[1]",
        "SELECT len(list_transform(range(100000000), lambda x: repeat('x', 1000)))",
        "SELECT count(*) FROM generate_series(1::BIGINT, 1000000000000000000)",
        "SELECT max(a.i + b.i) FROM range(1000000) a(i), range(1000000) b(i)",
        "SELECT string_agg(repeat('x', 10000)) FROM range(1000000)",
        "SELECT list(i || repeat('x', 100)) FROM range(50000000) t(i)",
        "SELECT count(DISTINCT i || repeat('x', 100)) FROM range(100000000) t(i)",
        "SELECT i FROM range(100000000) t(i) ORDER BY hash(i)",
        "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT max(a) FROM t",
        "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a FROM t, range(10)) SELECT count(*)"
            + " FROM t",
        "SELECT count(*) FROM range(100000000) t(i) WHERE regexp_matches(repeat('a', 5000) || i,"
            + " '(a*)*(a|aa)+b$')",
        "SELECT count(*) FROM range(100000000) t(i) WHERE levenshtein(repeat('ab', 2000) || i,"
            + " repeat('ba', 2000)) > 9",
        "SELECT reduce(range(100000000), lambda a, b: a + b * 3)",
        "SELECT sum(sin(i)) FROM range(10000000000) t(i)",
        "SELECT bit_count(bitstring('1', 2000000000))",
        "SELECT * FROM repeat('x', 10000000000)",
        "SELECT md5(repeat('x', 500000000) || i) FROM range(1000) t(i)");
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
    assertThat(failure.reason()).as(failure.getMessage()).isIn(Reason.LIMIT, Reason.MEMORY);
    nextIsAnswered();
  }

  @Test
  void thereAreAsManyAttacksAsPromised() {
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
