package io.packhouse.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.sql.SqlException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlProcessTest {
  private static final byte[] NONE = {};

  private static final Duration TIME = Duration.ofMinutes(1);

  @TempDir static Path folder;
  private static SqlProcess process;
  private static Path maven;
  private static Path npm;

  @BeforeAll
  static void makeSegments() throws Exception {
    Path own = Files.createDirectory(folder.resolve("own"));
    process = SqlProcess.start(own, own, SqlOptions.DEFAULT.withMemoryBytes(512L << 20));
    maven = segment("maven.duckdb", "m2", Samples.maven(folder));
    npm = segment("npm.duckdb", "node", Samples.npm(folder));
  }

  @AfterAll
  static void close() throws IOException {
    process.close();
  }

  private static Path segment(String file, String name, Path archive) throws IOException {
    Path segment = folder.resolve(file);
    process.create(segment);
    process.load(name, name, archive, "");
    process.finish();
    return segment;
  }

  private static List<List<String>> rows(String sql, byte[] parameters) throws IOException {
    try (InputStream in = process.query(sql, parameters, SqlLimits.DEFAULT)) {
      return Samples.rows(in).stream().map(row -> List.copyOf(row.values())).toList();
    }
  }

  private static List<String> first(String sql) throws IOException {
    return rows(sql, NONE).stream().map(List::getFirst).toList();
  }

  @Test
  void onlyWhatIsOpenedIsThere() throws IOException {
    process.open(List.of(Segment.of(maven)), List.of());
    assertThat(first("SELECT archive FROM archives")).containsExactly("m2");
    assertThatThrownBy(() -> first("SELECT * FROM npm_packages")).hasMessageContaining("npm_pack");
    process.open(List.of(Segment.of(npm)), List.of(new Unready("late", "loading", "")));
    assertThat(first("SELECT archive FROM archives")).containsExactly("node");
    assertThat(first("SELECT DISTINCT archive FROM extents")).containsExactly("node");
    assertThat(rows("SELECT * FROM unready_archives", NONE))
        .containsExactly(List.of("late", "loading", "null"));
    process.open(List.of(), List.of());
    assertThat(first("SELECT count(*) FROM archives")).containsExactly("0");
    assertThat(first("SELECT count(*) FROM duplicates")).containsExactly("0");
  }

  @Test
  void segmentsAreOneAndCanBeMergedWithoutWhatIsGone() throws IOException {
    process.open(List.of(Segment.of(maven), Segment.of(npm)), List.of());
    assertThat(first("SELECT archive FROM archives ORDER BY 1")).containsExactly("m2", "node");
    List<List<String>> all = rows("SELECT * FROM packages ORDER BY ALL", NONE);
    assertThat(first("SELECT size FROM duplicates")).containsExactly("900");
    process.open(
        List.of(new Segment(maven, Set.of("m2", "it's gone")), Segment.of(npm)), List.of());
    assertThat(first("SELECT archive FROM archives")).containsExactly("node");
    assertThat(first("SELECT count(*) FROM maven_packages")).containsExactly("0");

    Path both = folder.resolve("both.duckdb");
    process.merge(both, List.of(Segment.of(maven), Segment.of(npm)));
    process.open(List.of(Segment.of(both)), List.of());
    assertThat(rows("SELECT * FROM packages ORDER BY ALL", NONE)).isEqualTo(all);

    Path less = folder.resolve("less.duckdb");
    process.merge(less, List.of(new Segment(both, Set.of("m2"))));
    process.open(List.of(Segment.of(less)), List.of());
    assertThat(first("SELECT DISTINCT archive FROM entries")).containsExactly("node");
    assertThat(folder).isDirectoryNotContaining("glob:**unfinished*");
  }

  @Test
  void anArchiveThatFailsLeavesNothingAndTheOthersAreThere(@TempDir Path temp) throws Exception {
    Path damaged = Samples.maven(temp);
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length * 9 / 10] ^= 1;
    Files.write(damaged, bytes);
    Path segment = temp.resolve("x.duckdb");
    process.create(segment);
    assertThatThrownBy(() -> process.load("bad", "bad", damaged, ""))
        .isInstanceOf(SqlException.class);
    Path good = Samples.npm(temp);
    assertThatThrownBy(() -> process.load("other", "other.pkh", good, "0".repeat(64)))
        .hasMessageContaining("other.pkh was replaced");
    process.load("good", "good", good, "");
    process.finish();
    process.open(List.of(Segment.of(segment)), List.of());
    for (String table : List.of("archives", "entries", "packages", "blobs")) {
      assertThat(first("SELECT DISTINCT archive FROM " + table)).containsExactly("good");
    }
    assertThat(first("SELECT table_name FROM information_schema.tables"))
        .doesNotContain("maven_packages");
  }

  @Test
  void aPlanSaysWhatTheResultIsAndRunsNothing() throws IOException {
    process.open(List.of(Segment.of(npm)), List.of());
    for (String sql :
        List.of(
            "SELECT * FROM entries",
            "SELECT * FROM npm_packages",
            "SELECT * FROM archives",
            "SELECT 1::UTINYINT a, 1::HUGEINT b, 1.5 c, 1.5::FLOAT d, DATE '2020-01-01' e, x'00' f,"
                + " now() g, [1, 2]::BIGINT[] h, {'a': 1} i, TIME '01:02:03' j, NULL k, sum(1) l",
            "SHOW TABLES",
            "DESCRIBE packages")) {
      StatementPlan plan = process.plan(sql, TIME, () -> false);
      try (InputStream in = process.query(sql, NONE, SqlLimits.DEFAULT);
          BufferAllocator allocator = new RootAllocator();
          ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
        assertThat(schema(plan.columns())).isEqualTo(reader.getVectorSchemaRoot().getSchema());
      }
      assertThat(schema(plan.parameters()).getFields()).isEmpty();
    }
    // It would take hours to run.
    process.plan(
        "SELECT max(sin(a.i + b.i)) FROM range(100000000) a(i), range(1000000) b(i)",
        TIME,
        () -> false);
    assertThatThrownBy(() -> process.plan("DROP VIEW entries", TIME, () -> false))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STATEMENT));
  }

  private static Schema schema(byte[] message) throws IOException {
    return MessageSerializer.deserializeSchema(
        new ReadChannel(Channels.newChannel(new ByteArrayInputStream(message))));
  }

  @Test
  void parametersAreTypedAndBound() throws IOException {
    process.open(List.of(Segment.of(npm)), List.of());
    String sql = "SELECT path, ? AS x FROM packages WHERE name = ? AND length(path) < ?";
    Schema wanted = schema(process.plan(sql, TIME, () -> false).parameters());
    assertThat(wanted.getFields().stream().map(field -> field.getType().toString()))
        .containsExactly("Utf8", "Utf8", "Int(64, true)");
    assertThat(rows(sql, parameters("v", "left-pad", 70)))
        .containsExactly(List.of("left-pad-1.3.0.tgz", "v"));
    assertThatThrownBy(() -> rows(sql, NONE)).hasMessageContaining("3 parameters, and 0 came");
    assertThatThrownBy(() -> rows("SELECT 1", parameters("a", "b", 1)))
        .hasMessageContaining("0 parameters, and 3 came");
    assertThatThrownBy(() -> rows(sql, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STATEMENT));
    assertThat(rows("SELECT 1", NONE)).hasSize(1);
  }

  private static byte[] parameters(String first, String second, long third) throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        VarCharVector a = new VarCharVector("a", allocator);
        VarCharVector b = new VarCharVector("b", allocator);
        BigIntVector c = new BigIntVector("c", allocator);
        ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      a.setSafe(0, first.getBytes(StandardCharsets.UTF_8));
      b.setSafe(0, second.getBytes(StandardCharsets.UTF_8));
      c.setSafe(0, third);
      List<FieldVector> vectors = List.of(a, b, c);
      List<Field> fields = vectors.stream().map(FieldVector::getField).toList();
      VectorSchemaRoot root = new VectorSchemaRoot(fields, vectors, 1);
      root.setRowCount(1);
      try (ArrowStreamWriter writer = new ArrowStreamWriter(root, null, out)) {
        writer.writeBatch();
      }
      return out.toByteArray();
    }
  }

  private static SqlProcess startOther() throws IOException {
    Path own = Files.createTempDirectory(folder, "other");
    return SqlProcess.start(own, own, SqlOptions.DEFAULT.withMemoryBytes(512L << 20));
  }

  /** DuckDB computes constants when it plans, and does not look up meanwhile. */
  @Test
  void planningThatTakesTooLongEndsItsProcess() throws Exception {
    try (SqlProcess own = startOther()) {
      own.open(List.of(), List.of());
      assertThatThrownBy(
              () ->
                  own.plan(
                      "SELECT levenshtein(repeat('ab', 300000), repeat('ba', 300000))",
                      Duration.ofSeconds(2),
                      () -> false))
          .isInstanceOfSatisfying(
              SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIME))
          .hasMessageContaining("planning took longer than its limit of time, 2 s: ask for less");
      assertThat(own.isUsable()).isFalse();
    }
  }

  @Test
  void whatTakesMuchTimeSendsItsProcessToTheBackground() throws Exception {
    try (SqlProcess own = startOther()) {
      own.open(List.of(), List.of());
      own.query("SELECT 1", NONE, SqlLimits.DEFAULT).readAllBytes();
      assertThat(own.wasStrained()).isFalse();
      assertThat(nice(own)).containsOnly(0);
      SqlLimits limits = new SqlLimits(Duration.ofSeconds(5), 1, 1 << 20);
      try (InputStream result =
          own.query("SELECT sum(sin(i)) FROM range(10000000000) t(i)", NONE, limits)) {
        assertThatThrownBy(result::readAllBytes).isInstanceOf(SqlException.class);
      }
      assertThat(own.wasStrained()).isTrue();
      assertThat(nice(own)).containsOnly(10);
      own.query("SELECT 1", NONE, SqlLimits.DEFAULT).readAllBytes();
      assertThat(own.wasStrained()).isFalse();
      assertThat(own.isInBackground()).isTrue();
    }
  }

  /** Of all its threads. */
  private static List<Integer> nice(SqlProcess process) throws IOException {
    List<Integer> all = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        all.add(Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]));
      }
    }
    return all;
  }
}
