package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.util.TableRef;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who sees folder a learns nothing of folder b: its archives and all that is in them are called
 * something with {@code secret}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
@SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
class FlightSqlScopeTest {
  /** DuckDB's guesses at what was meant. */
  private static final Pattern GUESS = Pattern.compile("(?m)^(Did you mean|Candidate).*$");

  @TempDir static Path folder;
  private final BufferAllocator allocator = new RootAllocator(512 << 20);
  private FlightSqlDaemon daemon;
  private FlightClient flight;
  private FlightSqlClient client;
  private CallOption mine;
  private CallOption theirs;

  @BeforeAll
  void start() throws Exception {
    daemon = FlightSqlDaemon.start(folder, false);
    mine = header(daemon.mine());
    theirs = header(daemon.theirs());
    flight =
        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", daemon.port()))
            .build();
    client = new FlightSqlClient(flight);
    FlightSqlDaemon.await(1, () -> ask("FROM archives", mine).size());
    FlightSqlDaemon.await(1, () -> ask("FROM archives", theirs).size());
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    daemon.close();
    allocator.close();
  }

  private static CallOption header(String token) {
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("authorization", "Bearer " + token);
    return new HeaderCallOption(headers);
  }

  private List<String> ask(String sql, CallOption caller) throws Exception {
    return rows(client.execute(sql, caller), caller);
  }

  private List<String> rows(FlightInfo info, CallOption caller) throws Exception {
    List<String> rows = new ArrayList<>();
    for (FlightEndpoint endpoint : info.getEndpoints()) {
      try (FlightStream stream = client.getStream(endpoint.getTicket(), caller)) {
        while (stream.next()) {
          VectorSchemaRoot root = stream.getRoot();
          for (int row = 0; row < root.getRowCount(); row++) {
            List<String> values = new ArrayList<>();
            for (FieldVector vector : root.getFieldVectors()) {
              Object value = vector.getObject(row);
              values.add(
                  value instanceof byte[] bytes
                      ? new String(bytes, StandardCharsets.ISO_8859_1)
                      : String.valueOf(value));
            }
            rows.add(String.join("|", values));
          }
        }
      }
    }
    return rows;
  }

  /** What a call says: its rows, or its error. */
  private interface Saying {
    Object say() throws Exception;
  }

  private static String said(Saying call) throws Exception {
    try {
      return String.valueOf(call.say());
    } catch (FlightRuntimeException e) {
      return e.status().code() + ": " + e.getMessage();
    }
  }

  /** What is said of a name, without it, and without what of mine looks like it. */
  private String said(String name, Saying call) throws Exception {
    String said = said(call).replace(name, "NAME");
    Matcher guess = GUESS.matcher(said);
    if (guess.find()) {
      assertTellsNothing(guess::group);
    }
    return guess.replaceAll("");
  }

  private static void assertTellsNothing(Saying call) throws Exception {
    assertThat(said(call).toLowerCase(Locale.ROOT))
        .doesNotContain("secret", "\"b/", "'b/", " b/", "|b/", "[b/", "segment_1");
  }

  private List<String> tables(CallOption caller) throws Exception {
    return rows(client.getTables(null, null, null, null, false, caller), caller).stream()
        .map(row -> row.split("\\|", -1)[2])
        .toList();
  }

  @Test
  void thereIsSomethingToBeToldOf() throws Exception {
    assertThat(ask("SELECT archive FROM archives", theirs)).containsExactly("b/secret.pkh");
    assertThat(ask("SELECT name FROM packages", theirs)).containsExactly("secret0");
  }

  @Test
  void noTableHasARowOrCountOfOthers() throws Exception {
    assertThat(tables(mine)).contains("archives", "unready_archives", "duplicates", "licenses");
    for (String table : tables(mine)) {
      assertTellsNothing(() -> ask("SELECT * FROM \"" + table + '"', mine));
      assertTellsNothing(() -> ask("DESCRIBE \"" + table + '"', mine));
      assertTellsNothing(() -> ask("SUMMARIZE \"" + table + '"', mine));
      assertTellsNothing(() -> ask("EXPLAIN SELECT * FROM \"" + table + '"', mine));
    }
    assertThat(ask("SELECT count(*) FROM archives", mine)).containsExactly("1");
    assertThat(ask("SELECT count(*) FROM unready_archives", mine)).containsExactly("0");
    assertThat(ask("SELECT count(*) FROM packages", mine))
        .containsExactly(String.valueOf(FlightSqlDaemon.PACKAGES));
    assertThat(ask("SELECT DISTINCT archive FROM entries", mine)).containsExactly("a/x.pkh");
    assertThat(ask("SELECT DISTINCT archive FROM blobs", mine)).containsExactly("a/x.pkh");
    assertThat(ask("SELECT DISTINCT archive FROM extents", mine)).containsExactly("a/x.pkh");
  }

  @Test
  void noCallAboutTablesTellsOfOthers() throws Exception {
    for (String table :
        List.of(
            "tables",
            "columns",
            "schemata",
            "views",
            "key_column_usage",
            "table_constraints",
            "referential_constraints",
            "character_sets")) {
      assertTellsNothing(() -> ask("SELECT * FROM information_schema." + table, mine));
    }
    for (String sql :
        List.of("SHOW TABLES", "SHOW ALL TABLES", "SHOW SCHEMAS", "SHOW DATABASES", "DESCRIBE")) {
      assertTellsNothing(() -> ask(sql, mine));
    }
    assertTellsNothing(() -> rows(client.getCatalogs(mine), mine));
    assertTellsNothing(() -> rows(client.getSchemas(null, null, mine), mine));
    assertTellsNothing(() -> rows(client.getTables(null, null, null, null, true, mine), mine));
    assertTellsNothing(() -> rows(client.getTables(null, null, "%n%", null, true, mine), mine));
    assertTellsNothing(() -> rows(client.getSqlInfo(new int[0], mine), mine));
    assertTellsNothing(() -> rows(client.getTableTypes(mine), mine));
    assertTellsNothing(() -> rows(client.getXdbcTypeInfo(mine), mine));
    for (String table : tables(mine)) {
      assertTellsNothing(() -> keys(table));
    }
    assertTellsNothing(() -> listed(Criteria.ALL, mine));
    assertThat(listed(new Criteria("b/".getBytes(StandardCharsets.UTF_8)), mine)).isEmpty();
    assertThat(listed(Criteria.ALL, theirs)).isNotEmpty();
  }

  /** All that is said of the keys of a table. */
  private List<String> keys(String table) throws Exception {
    TableRef all = TableRef.of(null, null, table);
    List<String> rows = new ArrayList<>();
    for (FlightInfo info :
        List.of(
            client.getPrimaryKeys(all, mine),
            client.getImportedKeys(all, mine),
            client.getExportedKeys(all, mine),
            client.getCrossReference(all, all, mine))) {
      rows.addAll(rows(info, mine));
    }
    return rows;
  }

  private List<FlightInfo> listed(Criteria criteria, CallOption caller) {
    List<FlightInfo> flights = new ArrayList<>();
    flight.listFlights(criteria, caller).forEach(flights::add);
    return flights;
  }

  static Stream<String> statementsWithNames() {
    return Stream.of(
        "FROM \"%s\"",
        "FROM '%s'",
        "SELECT * FROM entries WHERE archive = '%s'",
        "SELECT count(*) FROM entries WHERE archive LIKE '%s'",
        "SELECT count(*) FROM archives WHERE path LIKE '%%%s%%'",
        "FROM changes('%s', 'a/x.pkh') LIMIT 1",
        "FROM changes('%s', '%1$s')",
        "FROM vulnerable_candidates('%s')",
        "SELECT \"%s\" FROM packages",
        "SELECT \"%s\"() FROM packages",
        "SELECT * FROM \"%s_packages\"",
        "SELECT * FROM \"%s\"",
        "SELECT * FROM memory.\"%s\".entries",
        "SELECT * FROM \"%s\".stored.entries",
        "SELECT * FROM segment_1.stored.\"%s\"",
        "DESCRIBE \"%s_packages\"",
        "SHOW TABLES FROM \"%s\"");
  }

  /** What is there for others and what is nowhere cannot be told apart. */
  @Test
  void namesOfOthersSayNoMoreThanNamesThatAreNowhere() throws Exception {
    List<List<String>> pairs =
        List.of(
            List.of("b/secret.pkh", "b/nobody.pkh"),
            List.of("b/secret.pkh", "z/nobody.pkh"),
            List.of("b/secret-damaged.pkh", "b/nobody-damaged.pkh"),
            List.of("secret0", "nobody0"),
            List.of("segment_1", "segment_9"));
    for (List<String> pair : pairs) {
      String there = pair.getFirst();
      String nowhere = pair.getLast();
      for (String sql : statementsWithNames().toList()) {
        assertThat(said(there, () -> ask(sql.formatted(there), mine)))
            .as(sql + " of " + pair)
            .isEqualTo(said(nowhere, () -> ask(sql.formatted(nowhere), mine)));
        assertThat(said(there, () -> prepared(sql.formatted(there))))
            .isEqualTo(said(nowhere, () -> prepared(sql.formatted(nowhere))));
      }
      for (String table : List.of("entries", "packages", "contents", "nothing")) {
        assertThat(said(there, () -> flight.getInfo(path(there, table), mine)))
            .isEqualTo(said(nowhere, () -> flight.getInfo(path(nowhere, table), mine)));
        assertThat(said(there, () -> flight.getSchema(path(there, table), mine)))
            .isEqualTo(said(nowhere, () -> flight.getSchema(path(nowhere, table), mine)));
      }
      assertThat(said(there, () -> keys(there))).isEqualTo(said(nowhere, () -> keys(nowhere)));
      assertThat(said(there, () -> rows(tablesLike(there), mine)))
          .isEqualTo(said(nowhere, () -> rows(tablesLike(nowhere), mine)));
    }
  }

  private static FlightDescriptor path(String archive, String table) {
    return FlightDescriptor.path(archive, table);
  }

  private FlightInfo tablesLike(String name) {
    return client.getTables(null, null, "%" + name + "%", null, true, mine);
  }

  private List<String> prepared(String sql) throws Exception {
    try (PreparedStatement statement = client.prepare(sql, mine)) {
      List<String> rows = rows(statement.execute(mine), mine);
      statement.close(mine);
      return rows;
    }
  }

  /** A query of theirs under way is not mine to see, to read or to end. */
  @Test
  void queriesOfOthersAreNotThere() throws Exception {
    FlightInfo info =
        client.execute("SELECT 'secret', i FROM range(100000000) t(i) LIMIT 50000000", theirs);
    try (FlightStream stream =
        client.getStream(info.getEndpoints().getFirst().getTicket(), theirs)) {
      assertThat(stream.next()).isTrue();
      for (Saying call :
          List.<Saying>of(
              () -> rows(info, mine),
              () -> client.cancelFlightInfo(new CancelFlightInfoRequest(info), mine).getStatus(),
              () ->
                  flight
                      .doAction(new Action("CancelFlightInfo", info.serialize().array()), mine)
                      .next())) {
        assertThatThrownBy(call::say)
            .isInstanceOfSatisfying(
                FlightRuntimeException.class,
                e ->
                    assertThat(e.status().code())
                        .isIn(FlightStatusCode.UNAUTHORIZED, FlightStatusCode.INVALID_ARGUMENT));
        assertTellsNothing(call);
      }
      assertTellsNothing(() -> ask("SELECT current_query()", mine));
      assertThat(stream.next()).isTrue();
      stream.cancel("enough", null);
    }
  }

  /** Processes are lent to one caller after the other, and keep nothing of the one before. */
  @Test
  void processesForgetWhoAskedBefore() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(ask("SELECT name FROM packages", theirs)).containsExactly("secret0");
      assertTellsNothing(() -> ask("SELECT DISTINCT archive FROM packages", mine));
      assertTellsNothing(() -> ask("SELECT * FROM no_packages", mine));
    }
  }
}
