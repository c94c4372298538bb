package io.packhouse.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.job.BusyException;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class CatalogQueriesTest {
  private static final byte[] NONE = {};
  private static final SqlLimits LIMITS = SqlLimits.DEFAULT;
  private static final String ENDLESS = "SELECT sum(sin(i)) FROM range(100000000000) t(i)";
  private static final String ROWS = "SELECT i FROM range(100000000000) t(i)";
  private static final Caller ALL = new Caller("all", Role.READ, Set.of());
  private static final Caller A = new Caller("a", Role.READ, Set.of("a"));
  private static final Caller B = new Caller("b", Role.READ, Set.of("b"));

  @TempDir Path folder;
  private DirectoryCatalog catalog;
  private CatalogQueries queries;

  @BeforeEach
  void start() throws Exception {
    pack("a/one.pkh", "left", "1.0");
    pack("a/deep/two.pkh", "left", "2.0");
    pack("b/three.pkh", "secret", "3.0");
    open();
  }

  private void open() throws IOException {
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(
                List.of(
                    new CatalogFolder("a", folder.resolve("a"), true),
                    new CatalogFolder("b", folder.resolve("b"), true))));
    SqlSettings settings =
        new SqlSettings(2, 1, 512L << 20, 64 << 20, 1L << 30, Duration.ofMinutes(1), 1L << 30);
    queries = CatalogQueries.start(catalog, settings, folder.resolve("sql"));
  }

  @AfterEach
  void close() {
    queries.close();
    catalog.close();
  }

  private void pack(String name, String artifact, String version) throws Exception {
    Path tree = Files.createTempDirectory(folder, "tree");
    Files.writeString(
        tree.resolve(artifact + "-" + version + ".pom"),
        "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>"
            + artifact
            + "</artifactId><version>"
            + version
            + "</version></project>");
    Path archive = folder.resolve(name);
    Files.createDirectories(archive.getParent());
    PackOptions options =
        PackOptions.defaults()
            .withExtractors(
                ExtractorHost.of(
                    ExtractorHost.builtIn().stream().map(found -> found.extractor()).toList()));
    new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE).pack(archive);
  }

  private List<String> ask(Caller caller, String sql) throws IOException {
    List<String> rows = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator();
        InputStream in = queries.run(caller, sql, NONE, LIMITS, Context.ROOT);
        ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        for (int row = 0; row < root.getRowCount(); row++) {
          List<String> values = new ArrayList<>();
          for (FieldVector vector : root.getFieldVectors()) {
            values.add(String.valueOf(vector.getObject(row)));
          }
          rows.add(String.join(" ", values));
        }
      }
    }
    return rows;
  }

  /** Waits until a question has an answer: tables are made in the background. */
  private void await(Caller caller, String sql, String... rows) throws Exception {
    List<String> answer = ask(caller, sql);
    while (!answer.equals(List.of(rows))) {
      Thread.sleep(50);
      answer = ask(caller, sql);
    }
  }

  private static final String NAMES = "SELECT archive FROM archives ORDER BY 1";

  @Test
  void everybodySeesWhatIsTheirsAndNothingElse() throws Exception {
    await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    assertThat(ask(A, NAMES)).containsExactly("a/deep/two.pkh", "a/one.pkh");
    assertThat(ask(B, "SELECT name, version FROM maven_packages")).containsExactly("secret 3.0");
    List<String> tables = ask(A, "SELECT table_name FROM information_schema.tables");
    for (String table : tables) {
      assertThat(ask(A, "SELECT * FROM \"" + table + "\"").toString())
          .as(table)
          .doesNotContain("b/three", "secret");
    }
    assertThat(ask(A, "SELECT * FROM information_schema.columns").toString())
        .doesNotContain("secret");
  }

  @Test
  void archivesComeAndGo() throws Exception {
    await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    pack("b/four.pkh", "right", "4.0");
    await(B, NAMES, "b/four.pkh", "b/three.pkh");
    Files.delete(folder.resolve("b/three.pkh"));
    await(B, NAMES, "b/four.pkh");
    assertThat(ask(ALL, "SELECT * FROM packages").toString()).doesNotContain("secret");
    Files.delete(folder.resolve("a/one.pkh"));
    pack("a/one.pkh", "other", "9.0");
    await(A, "SELECT DISTINCT version FROM maven_packages ORDER BY 1", "2.0", "9.0");
    Files.writeString(folder.resolve("a/deep/two.pkh"), "no archive");
    await(A, NAMES, "a/one.pkh");
  }

  @Test
  void tablesAreThereAtTheNextStartAndAreMadeAgainWhereTheyAreLost() throws Exception {
    await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    Path tables = folder.resolve("sql/tables");
    List<String> before = names(tables);
    close();
    open();
    await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    assertThat(names(tables)).isEqualTo(before);
    for (String lost : List.of(".json", ".duckdb")) {
      close();
      for (String file : names(tables)) {
        if (file.endsWith(lost)) {
          Files.write(tables.resolve(file), new byte[100]);
        }
      }
      open();
      await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    }
    assertThat(folder.resolve("sql/temporary")).isDirectoryNotContaining("glob:**spill*");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** How a file may be damaged: at some bytes, from one of them on in steps. */
  private record Damage(long from, long step) {
    void to(Path file) throws IOException {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        for (long at = from; at < channel.size(); at += step) {
          ByteBuffer one = ByteBuffer.allocate(1);
          channel.read(one, at);
          one.put(0, (byte) ~one.get(0)).flip();
          channel.write(one, at);
        }
      }
    }
  }

  /** Of a DuckDB file: its head; the two that follow; each of its blocks of 256 KiB. */
  private static final List<Damage> DAMAGES =
      List.of(
          new Damage(9, Long.MAX_VALUE / 2),
          new Damage(4096 + 9, 4096),
          new Damage(3 * 4096 + (100 << 10), 256 << 10));

  private void damage(Damage damage) throws IOException {
    for (String name : names(folder.resolve("sql/tables"))) {
      if (name.endsWith(".duckdb")) {
        damage.to(folder.resolve("sql/tables").resolve(name));
      }
    }
  }

  @Test
  void damagedTablesAreMadeAgainWhileOthersAsk() throws Exception {
    await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    // What a process has read before it does not read again: each of these opens anew.
    List<Caller> callers = List.of(B, A, B);
    for (int i = 0; i < DAMAGES.size(); i++) {
      damage(DAMAGES.get(i));
      assertMadeAgain(callers.get(i));
      await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    }
  }

  @Test
  void tablesThatWereDamagedWhileNobodyReadThemAreMadeAgain() throws Exception {
    await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
    for (Damage damage : DAMAGES) {
      close();
      damage(damage);
      open();
      assertMadeAgain(B);
      assertMadeAgain(A);
    }
    Files.delete(folder.resolve("sql/tables").resolve(segments().getFirst()));
    await(ALL, NAMES, "a/deep/two.pkh", "a/one.pkh", "b/three.pkh");
  }

  private List<String> segments() throws IOException {
    return names(folder.resolve("sql/tables")).stream()
        .filter(name -> name.endsWith(".duckdb"))
        .toList();
  }

  /** Meanwhile the archives of a caller are told as what they are, and nothing fails. */
  private void assertMadeAgain(Caller caller) throws Exception {
    List<String> before = segments();
    String all =
        "SELECT archive, 'ready' AS how FROM archives"
            + " UNION ALL SELECT archive, problem FROM unready_archives";
    List<String> rows = ask(caller, all);
    assertThat(rows).isNotEmpty();
    while (rows.stream().anyMatch(row -> !row.endsWith(" ready"))) {
      assertThat(rows)
          .allMatch(
              row ->
                  row.endsWith(" ready")
                      || row.endsWith(" its tables were damaged, and are made again"));
      Thread.sleep(20);
      rows = ask(caller, all);
    }
    assertThat(segments()).isNotEqualTo(before);
  }

  @Test
  void manySegmentsBecomeFew() throws Exception {
    List<String> all = new ArrayList<>(List.of("b/three.pkh"));
    await(B, NAMES, all.toArray(String[]::new));
    for (int i = 0; i < 7; i++) {
      pack("b/n" + i + ".pkh", "n", i + ".0");
      all.add(all.size() - 1, "b/n" + i + ".pkh");
      await(B, NAMES, all.toArray(String[]::new));
    }
    while (names(folder.resolve("sql/tables")).size() > 2 * 6) {
      Thread.sleep(50);
    }
    assertThat(ask(B, NAMES)).containsExactlyElementsOf(all);
  }

  @Test
  void whatTakesLongerThanItMaySaysSo() throws Exception {
    SqlLimits limits = new SqlLimits(Duration.ofMillis(200), 1, 1 << 20);
    assertThatThrownBy(() -> queries.run(A, ENDLESS, NONE, limits, Context.ROOT))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIME))
        .hasMessageStartingWith("the query took longer than its limit of time, 0.2 s: ask for");
  }

  @Test
  void whoeverWaitsForAProcessIsLetGoAtOnce() throws Exception {
    await(A, "SELECT count(*) FROM archives", "2");
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try (InputStream first = queries.run(A, ROWS, NONE, LIMITS, Context.ROOT);
        Context.CancellableContext call = Context.ROOT.withCancellation();
        Context.CancellableContext late =
            Context.ROOT.withDeadlineAfter(300, TimeUnit.MILLISECONDS, clock)) {
      assertThat(first).isNotNull();
      Thread canceller =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (queries.waiting() == 0) {
                      Thread.onSpinWait();
                    }
                    call.cancel(null);
                  });
      assertEnds(Reason.CANCELLED, () -> queries.run(A, "SELECT 1", NONE, LIMITS, call));
      canceller.join();
      assertEnds(Reason.CANCELLED, () -> queries.plan(A, "SELECT 1", call));
      assertEnds(Reason.TIME, () -> queries.plan(A, "SELECT 1", late));
      assertThat(queries.waiting()).isZero();
    } finally {
      clock.shutdownNow();
    }
  }

  @Test
  void cancelledCallsEndWhatRuns() throws Exception {
    try (Context.CancellableContext call = Context.ROOT.withCancellation()) {
      Thread canceller =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (queries.running() == 0) {
                      Thread.onSpinWait();
                    }
                    call.cancel(null);
                  });
      assertEnds(Reason.CANCELLED, () -> queries.run(A, ENDLESS, NONE, LIMITS, call));
      canceller.join();
    }
    try (Context.CancellableContext call = Context.ROOT.withCancellation();
        InputStream rows = queries.run(A, ROWS, NONE, LIMITS, call)) {
      call.cancel(null);
      assertEnds(Reason.CANCELLED, () -> rows.skip(Long.MAX_VALUE));
    }
    assertThat(ask(A, "SELECT 1")).containsExactly("1");
    assertThat(queries.running()).isZero();
  }

  private static void assertEnds(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(SqlException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void oneCallerHasNotAllProcessesAndTooManyAreRefused() throws Exception {
    await(A, "SELECT count(*) FROM archives", "2");
    try (InputStream first = queries.run(A, ROWS, NONE, LIMITS, Context.ROOT)) {
      assertThat(first).isNotNull();
      assertThat(ask(B, "SELECT 1")).containsExactly("1");
      SqlLimits impatient = new SqlLimits(Duration.ofMillis(50), 1, 1 << 20);
      assertThatThrownBy(() -> queries.run(A, "SELECT 1", NONE, impatient, Context.ROOT))
          .isInstanceOf(BusyException.class);
      Thread waiter =
          Thread.ofPlatform()
              .start(
                  () ->
                      assertThatThrownBy(
                              () -> queries.run(A, "SELECT 1", NONE, LIMITS, Context.ROOT))
                          .isInstanceOf(IOException.class));
      while (queries.waiting() == 0) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> queries.run(B, "SELECT 1", NONE, LIMITS, Context.ROOT))
          .isInstanceOf(BusyException.class)
          .hasMessageContaining("wait already");
      queries.close();
      waiter.join();
      assertThatThrownBy(first::readAllBytes).isInstanceOf(SqlException.class);
    }
    assertThat(queries.running()).isZero();
  }
}
