package io.packhouse.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.sql.SqlException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlEngineTest {
  @TempDir static Path folder;
  private static SqlEngine engine;

  @BeforeAll
  static void load() throws Exception {
    engine = SqlEngine.start(SqlOptions.DEFAULT.withMemoryBytes(768L << 20));
    engine.load("m2", Samples.maven(folder));
    engine.load("node", Samples.npm(folder));
  }

  @AfterAll
  static void close() throws IOException {
    engine.close();
  }

  private static List<Map<String, String>> rows(String sql) throws IOException {
    return Samples.rows(engine, sql, SqlLimits.DEFAULT);
  }

  /** Rows as lists of texts. */
  private static List<List<String>> table(String sql) throws IOException {
    return rows(sql).stream().map(row -> List.copyOf(row.values())).toList();
  }

  @Test
  void whoHasAnOldLog4jNestedOrNotAndWhoDependsOnIt() throws IOException {
    assertThat(
            table(
                """
                SELECT archive, path, version, nested FROM packages
                WHERE purl GLOB 'pkg:maven/org.apache.logging.log4j/log4j-core@*'
                  AND version_in('maven', version, '>=2.0-beta9, <2.17.1')
                ORDER BY path
                """))
        .containsExactly(
            List.of(
                "m2",
                "org/acme/shop/1.0/shop-1.0.jar!/META-INF/maven/org.apache.logging.log4j/log4j-core",
                "2.14.1",
                "true"),
            List.of(
                "m2",
                "org/apache/logging/log4j/log4j-core/2.14.1/log4j-core-2.14.1.pom",
                "2.14.1",
                "false"));
    assertThat(
            table(
                "SELECT package_purl, requirement, scope FROM dependencies"
                    + " WHERE name LIKE '%log4j-core' ORDER BY ALL"))
        .containsExactly(
            List.of("pkg:maven/org.acme/shop@1.0", "2.14.1", "runtime"),
            List.of("pkg:maven/org.acme/shop@1.0?type=pom", "2.14.1", "runtime"));
  }

  @Test
  void whatIsNoRangeOfVersionsIsSaidAndTheNextIsAnswered() throws IOException {
    for (String version : List.of("'2.0'", "version")) {
      assertThatThrownBy(
              () -> rows("SELECT version_in('maven', " + version + ", '[2.0,3)') FROM packages"))
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STATEMENT))
          .hasMessageContaining("'[2.0,3)' is not a range of versions: '[2.0' is not a version")
          .hasMessageNotContaining("io.packhouse");
    }
    assertThat(
            table(
                "SELECT DISTINCT version, version_compare(purl_type(purl), version, '0.2') AS c"
                    + " FROM packages WHERE purl_type(purl) = 'npm' ORDER BY version"))
        .containsExactly(List.of("0.2.0", "0"), List.of("1.3.0", "1"));
  }

  @Test
  void everyTableIsThere() throws IOException {
    assertThat(table("SHOW TABLES"))
        .extracting(List::getFirst)
        .contains(
            "archives",
            "entries",
            "packages",
            "maven_packages",
            "npm_packages",
            "dependencies",
            "extents",
            "blobs",
            "duplicates",
            "licenses");
    for (String name :
        List.of("archives", "entries", "packages", "dependencies", "extents", "blobs")) {
      assertThat(table("SELECT DISTINCT archive FROM " + name + " ORDER BY 1"))
          .as(name)
          .containsExactly(List.of("m2"), List.of("node"));
    }
    assertThat(table("SELECT archive, path, files, packages > 0 FROM archives ORDER BY 1"))
        .containsExactly(
            List.of("m2", folder.resolve("m2.pkh").toString(), "6", "true"),
            List.of("node", folder.resolve("node.pkh").toString(), "3", "true"));
    assertThat(
            table("SELECT group_id, artifact_id FROM maven_packages WHERE path LIKE '%2.17.2.pom'"))
        .containsExactly(List.of("org.apache.logging.log4j", "log4j-core"));
  }

  @Test
  void viewsAndFunctionsAnswerTheUsualQuestions() throws IOException {
    assertThat(table("SELECT size, copies, archives, further_bytes, first_path FROM duplicates"))
        .containsExactly(List.of("900", "3", "2", "1800", "a.txt"));
    assertThat(table("SELECT license, packages FROM licenses WHERE archive = 'node' ORDER BY 1"))
        .containsExactly(List.of("MIT", "1"), List.of("WTFPL", "1"));
    assertThat(table("SELECT path, change FROM changes('m2', 'node') WHERE path LIKE '%.txt'"))
        .containsExactly(List.of("b.txt", "removed"));
    assertThat(table("SELECT version FROM vulnerable_candidates('pkg:npm/%40acme/*')"))
        .containsExactly(List.of("0.2.0"));
    assertThat(
            table(
                "SELECT purl_type(p), purl_namespace(p), purl_name(p), purl_version(p) FROM (VALUES"
                    + " ('pkg:maven/a.b/c@1.0?type=pom'), ('pkg:npm/%40x/y@1'), ('pkg:gem/z'),"
                    + " ('pkg:golang/g/h/i@v1.2#sub'), ('no purl')) t(p)"))
        .containsExactly(
            List.of("maven", "a.b", "c", "1.0"),
            List.of("npm", "@x", "y", "1"),
            List.of("gem", "null", "z", "null"),
            List.of("golang", "g/h", "i", "v1.2"),
            List.of("null", "null", "null", "null"));
  }

  @Test
  void columnsAreOfTypesThatEveryClientReads() throws IOException {
    assertThat(
            rows("SELECT 1::UBIGINT a, 2::UTINYINT b, 'x'::ENUM('x') c, now() IS NULL d,"
                    + " TIMESTAMPTZ '2024-05-06 07:08:09+00' e, sum(size) > 0 f, {'k': 1} g,"
                    + " sum(1) h, uuid() IS NULL i FROM entries")
                .getFirst())
        .containsEntry("a", "1")
        .containsEntry("b", "2")
        .containsEntry("c", "x")
        .containsEntry("e", "2024-05-06T07:08:09")
        .containsEntry("g", "{'k': 1}");
  }

  @Test
  void aResultOfManyRowsComesWholeAndInOrder() throws IOException {
    List<List<String>> rows = table("SELECT i, repeat('x', 1000) FROM range(20000) t(i)");
    assertThat(rows).hasSize(20_000);
    assertThat(rows.getLast().getFirst()).isEqualTo("19999");
  }

  @Test
  void aResultBeyondItsRowsOrBytesFails() {
    Duration time = Duration.ofSeconds(20);
    assertThatThrownBy(
            () -> Samples.rows(engine, "FROM range(100)", new SqlLimits(time, 99, Long.MAX_VALUE)))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT))
        .hasMessageContaining("more rows than its limit of 99");
    assertThatThrownBy(
            () ->
                Samples.rows(
                    engine,
                    "SELECT repeat('x', 1000) FROM range(1000)",
                    new SqlLimits(time, Long.MAX_VALUE, 100_000)))
        .hasMessageContaining("more bytes than its limit of 100000");
  }

  @Test
  void aResultThatIsClosedEarlyIsCancelledAndTheNextIsAnswered() throws IOException {
    try (InputStream in =
        engine.query("SELECT i, repeat('x', 100) FROM range(100000000) t(i)", SqlLimits.DEFAULT)) {
      assertThat(in.readNBytes(100_000)).hasSize(100_000);
    }
    assertThat(table("SELECT 1")).containsExactly(List.of("1"));
  }

  /** By the process itself: one that did not react would be ended, and another be there. */
  @Test
  void closedByAnotherThreadAReadEndsAndTheProcessGoesOn() throws Exception {
    assertThat(table("SELECT 1")).hasSize(1);
    long pid = engine.workerPid();
    for (int i = 0; i < 20; i++) {
      InputStream in =
          engine.query(
              "SELECT count(*) FROM range(1000000) a, range(1000000) b"
                  + " WHERE a.range + b.range = -1",
              SqlLimits.DEFAULT);
      Thread closer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      in.close();
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      try {
        assertThat(in.read()).isEqualTo(-1);
      } catch (SqlException e) {
        assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
      }
      closer.join();
    }
    assertThat(table("SELECT 1")).hasSize(1);
    assertThat(engine.workerPid()).isEqualTo(pid);
  }

  @Test
  void wrongSqlIsSaidInOneMessageAndWithoutPathsOfOurs() {
    assertThatThrownBy(() -> rows("SELECT nme FROM packages"))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STATEMENT))
        .hasMessageContaining("nme")
        .hasMessageContaining("name");
    assertThatThrownBy(() -> rows("SELECT 'x'::INTEGER FROM packages"))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STATEMENT))
        .hasMessageContaining("Could not convert");
    assertThatThrownBy(() -> rows("SELEC 1")).hasMessageContaining("syntax error");
  }

  @Test
  void aDamagedArchiveIsToldAsSuch(@TempDir Path temp) throws Exception {
    Path archive = Samples.npm(temp);
    byte[] bytes = Files.readAllBytes(archive);
    bytes[bytes.length / 2] ^= 1;
    Files.write(archive, bytes);
    try (SqlEngine other = SqlEngine.start(SqlOptions.DEFAULT)) {
      assertThatThrownBy(() -> other.load("x", archive))
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED))
          .hasMessageContaining(archive.toString());
    }
  }

  @Test
  void aResultBecomesAParquetFileAndNothingElseIsInReach() throws IOException {
    Path file = engine.writeParquet("SELECT path FROM entries -- all", SqlLimits.DEFAULT);
    byte[] bytes = Files.readAllBytes(file);
    assertThat(new String(bytes, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("PAR1");
    Path outside = Files.copy(file, folder.resolve("outside.parquet"));
    for (String sql :
        List.of(
            "FROM '" + outside + "'",
            "FROM '" + file.getParent() + "/../" + file.getParent().relativize(outside) + "'",
            "FROM '" + file.getParent().resolve(file.getParent().relativize(outside)) + "'",
            "FROM '" + engine.folder().resolve("*.duckdb") + "'",
            "FROM read_parquet('" + file + "')",
            "COPY (SELECT 1) TO '" + file.resolveSibling("other") + "'")) {
      assertThatThrownBy(() -> table(sql))
          .as(sql)
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STATEMENT));
    }
    assertThatThrownBy(() -> engine.writeParquet("SELECT nothing", SqlLimits.DEFAULT))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STATEMENT));
    assertThat(table("SELECT count(*) > 0 FROM entries")).containsExactly(List.of("true"));
  }

  @Test
  void closedItLeavesNeitherProcessNorFolder(@TempDir Path temp) throws Exception {
    SqlEngine other = SqlEngine.start(SqlOptions.DEFAULT);
    other.load("x", Samples.npm(temp));
    Path tables = other.folder();
    long pid = other.workerPid();
    assertThat(tables).isNotEmptyDirectory();
    other.close();
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    assertThat(tables).doesNotExist();
    assertThatThrownBy(() -> other.query("SELECT 1", SqlLimits.DEFAULT))
        .hasMessageContaining("closed");
  }
}
