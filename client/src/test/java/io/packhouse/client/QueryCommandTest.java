package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryCommandTest {
  private static final String VALUES =
      "SELECT * FROM (VALUES ('a,b', 1, NULL), ('two\nlines', 22, 'x')) t(name, n, more)";

  @TempDir static Path temp;
  private static Path archive;

  @BeforeAll
  static void pack() throws Exception {
    archive = Cli.pack(Trees.maven(temp), temp.resolve("m.pkh"));
  }

  @Test
  void aTableIsAlignedAndHasNoControlCharacters() {
    Result result = packhouse("query", VALUES, archive);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.lines())
        .containsExactly(
            "name         n  more",
            "----------  --  ----",
            "a,b          1  NULL",
            "two\\nlines  22  x");
    assertThat(packhouse("query", "SELECT 1 AS one WHERE false", archive).lines())
        .containsExactly("one", "---");
  }

  @Test
  void onlyATerminalGetsLongValuesCut() {
    String sql = "SELECT repeat('x', 200) AS long";
    assertThat(packhouse("query", sql, archive).lines().getLast()).hasSize(200);
    assertThat(new Cli().withTerminalOut().run("query", sql, archive).lines().getLast())
        .hasSize(80)
        .endsWith("…");
  }

  @Test
  void csvQuotesWhatItMust() {
    assertThat(packhouse("query", "--format", "csv", VALUES, archive).out())
        .isEqualTo("name,n,more\r\n\"a,b\",1,\r\n\"two\nlines\",22,x\r\n");
  }

  @Test
  void jsonIsAnObjectARow() {
    String sql =
        "SELECT 'x' AS t, 1 AS n, sum(2) AS s, 1.5 AS d, NULL AS e, [1, 2] AS l, true AS b,"
            + " TIMESTAMP '2024-05-06 07:08:09' AS at, DATE '2024-05-06' AS day, 'a'::BLOB AS raw";
    String expected =
        "{\"t\":\"x\",\"n\":1,\"s\":2,\"d\":1.5,\"e\":null,\"l\":[1,2],\"b\":true,"
            + "\"at\":\"2024-05-06T07:08:09Z\",\"day\":\"2024-05-06\",\"raw\":\"YQ==\"}\n";
    assertThat(packhouse("query", "--json", sql, archive).out()).isEqualTo(expected);
    assertThat(packhouse("query", "--format=json", sql, archive).out()).isEqualTo(expected);
  }

  @Test
  void arrowIsAStream() throws Exception {
    Result result =
        packhouse("query", "--format", "arrow", "SELECT artifact_id FROM maven_packages", archive);
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(result.bytes()), allocator)) {
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getVector("artifact_id").getObject(0))
          .hasToString("tool");
    }
  }

  @Test
  void severalArchivesAreAskedTogetherEachByItsName() throws Exception {
    Path other = Files.copy(archive, Files.createDirectory(temp.resolve("o")).resolve("m.pkh"));
    assertThat(
            packhouse("query", "--format=csv", "SELECT archive FROM archives", archive, other)
                .lines())
        .containsExactly("archive", "m", other.toString());
  }

  @Test
  void theQueryMayComeFromStandardInput() {
    assertThat(new Cli().withInput("SELECT 7 AS x;\n").run("query", "-", archive).lines())
        .containsExactly("x", "-", "7");
  }

  @Test
  void whatIsWrongHasItsExitCodeAndALine() throws Exception {
    assertFails(2, "name", "query", "SELECT nme FROM packages", archive);
    assertFails(2, "only SELECT", "query", "DROP TABLE packages", archive);
    assertFails(2, "no archives", "query", "SELECT 1");
    assertFails(2, "--limit-memory", "query", "--limit-memory", "1M", "SELECT 1", archive);
    assertFails(2, "either --json", "query", "--json", "--format=csv", "SELECT 1", archive);
    assertFails(3, "no such file", "query", "SELECT 1", temp.resolve("none.pkh"));
    assertFails(6, "", "query", "SELECT 1", Files.writeString(temp.resolve("x"), "x"));
    assertFails(9, "rows", "query", "--limit-rows", "2", "FROM range(3)", archive);
    assertFails(
        9, "memory", "query", "--limit-memory", "400M", "SELECT repeat('x', 2000000000)", archive);
    assertFails(
        9,
        "time",
        "query",
        "--limit-time=1",
        "SELECT max(a.i + b.i) FROM range(1000000) a(i), range(1000000) b(i)",
        archive);
  }

  private static void assertFails(int code, String what, Object... args) {
    Result result = packhouse(args);
    assertThat(result.code()).as(result.err()).isEqualTo(code);
    assertThat(result.err()).startsWith("packhouse: ").contains(what);
    assertThat(result.err().lines()).hasSize(1);
  }
}
