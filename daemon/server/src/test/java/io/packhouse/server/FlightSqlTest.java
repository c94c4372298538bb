package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.util.TableRef;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Arrow's own client of Flight SQL on a real daemon, over TCP, with tokens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
@SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
class FlightSqlTest {
  private static final String ENDLESS =
      "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = -1";

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
    mine = header("Bearer " + daemon.mine());
    theirs = header("Bearer " + daemon.theirs());
    flight =
        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", daemon.port()))
            .build();
    client = new FlightSqlClient(flight);
    FlightSqlDaemon.await(1, () -> rows(client.execute("FROM archives", mine), mine).size());
    FlightSqlDaemon.await(1, () -> rows(client.execute("FROM archives", theirs), theirs).size());
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    daemon.close();
    allocator.close();
  }

  private static CallOption header(String value) {
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("authorization", value);
    return new HeaderCallOption(headers);
  }

  private List<String> rows(FlightInfo info, CallOption caller) throws Exception {
    List<String> rows = new ArrayList<>();
    for (FlightEndpoint endpoint : info.getEndpoints()) {
      try (FlightStream stream = client.getStream(endpoint.getTicket(), caller)) {
        assertThat(stream.getSchema()).isEqualTo(info.getSchemaOptional().orElseThrow());
        while (stream.next()) {
          VectorSchemaRoot root = stream.getRoot();
          for (int row = 0; row < root.getRowCount(); row++) {
            List<String> values = new ArrayList<>();
            for (FieldVector vector : root.getFieldVectors()) {
              Object value = vector.getObject(row);
              values.add(value instanceof byte[] bytes ? schema(bytes) : String.valueOf(value));
            }
            rows.add(String.join("|", values));
          }
        }
      }
    }
    return rows;
  }

  private static String schema(byte[] bytes) throws Exception {
    Schema schema =
        MessageSerializer.deserializeSchema(
            new ReadChannel(Channels.newChannel(new ByteArrayInputStream(bytes))));
    return schema.getFields().stream().map(Field::getName).toList().toString();
  }

  private List<String> ask(String sql) throws Exception {
    return rows(client.execute(sql, mine), mine);
  }

  private static void assertFails(FlightStatusCode code, String message, ThrowingRunnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).as(e.toString()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  @Test
  void statementsGiveRowsAndTheirSchemaBeforehand() throws Exception {
    String sql = "SELECT name, version FROM packages WHERE name = 'lib7'";
    assertThat(ask(sql)).containsExactly("lib7|1.7");
    assertThat(client.getExecuteSchema(sql, mine).getSchema().getFields())
        .extracting(Field::getName)
        .containsExactly("name", "version");
    assertThat(ask("SELECT * FROM memory.main.entries WHERE package_type = 'maven'"))
        .hasSize(FlightSqlDaemon.PACKAGES);
  }

  @Test
  void largeResultsComeInBatchesBelowFourMegabytes() throws Exception {
    FlightInfo info =
        client.execute("SELECT i, repeat('x', 100) AS t FROM range(200000) r(i)", mine);
    long rows = 0;
    int batches = 0;
    try (FlightStream stream = client.getStream(info.getEndpoints().getFirst().getTicket(), mine)) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
        batches++;
        long size =
            stream.getRoot().getFieldVectors().stream().mapToLong(FieldVector::getBufferSize).sum();
        assertThat(size).isLessThan(4 << 20);
      }
    }
    assertThat(rows).isEqualTo(200_000);
    assertThat(batches).isGreaterThan(5);
  }

  @Test
  void gettingAFlightInfoRunsNothing() throws Exception {
    assertThat(client.execute(ENDLESS, mine).getEndpoints()).hasSize(1);
    try (PreparedStatement prepared = client.prepare(ENDLESS, mine)) {
      assertThat(prepared.getResultSetSchema().getFields()).hasSize(1);
      prepared.close(mine);
    }
  }

  @Test
  void wrongStatementsAreRefusedWithoutRunning() {
    for (String sql :
        List.of("SELEC 1", "SELECT * FROM nowhere", "DROP TABLE x", "SELECT 1; SELECT 2", "")) {
      assertFails(FlightStatusCode.INVALID_ARGUMENT, "", () -> client.execute(sql, mine));
      assertFails(FlightStatusCode.INVALID_ARGUMENT, "", () -> client.prepare(sql, mine));
    }
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "262144",
        () -> client.execute("SELECT '" + "x".repeat(300_000) + "'", mine));
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "",
        () -> client.execute("SELECT " + "x".repeat(200_000), mine));
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "prepare it",
        () -> client.execute("SELECT ?::INTEGER + 1", mine));
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT, "", () -> ask("SELECT error('stopped') FROM entries"));
  }

  @Test
  void aScopeHoldsInEveryCall() throws Exception {
    assertThat(ask("SELECT name FROM packages WHERE name LIKE 'secret%'")).isEmpty();
    assertThat(rows(client.execute("SELECT name FROM packages", theirs), theirs))
        .containsExactly("secret0");
    FlightInfo info = client.execute("SELECT name FROM packages", theirs);
    assertFails(FlightStatusCode.UNAUTHORIZED, "another caller", () -> rows(info, mine));
    assertFails(
        FlightStatusCode.UNAUTHORIZED,
        "another caller",
        () -> client.cancelFlightInfo(new CancelFlightInfoRequest(info), mine));
    assertThat(rows(client.getTables(null, null, null, null, true, mine), mine).toString())
        .doesNotContain("secret");
  }

  @Test
  void foreignHandlesAreThereForNobodyElse() throws Exception {
    ByteString handle = prepare("SELECT name FROM packages", mine);
    Message query =
        FlightSql.CommandPreparedStatementQuery.newBuilder()
            .setPreparedStatementHandle(handle)
            .build();
    assertThat(rows(flight.getInfo(command(query), mine), mine)).hasSize(FlightSqlDaemon.PACKAGES);
    assertThat(rowsOf(new Ticket(Any.pack(query).toByteArray()), mine))
        .isEqualTo(FlightSqlDaemon.PACKAGES);
    for (ThrowingRunnable call :
        List.<ThrowingRunnable>of(
            () -> flight.getInfo(command(query), theirs),
            () -> flight.getSchema(command(query), theirs),
            () -> rowsOf(new Ticket(Any.pack(query).toByteArray()), theirs),
            () -> put(query, theirs))) {
      assertFails(FlightStatusCode.NOT_FOUND, "no such prepared statement", call);
    }
    assertFails(FlightStatusCode.UNAUTHENTICATED, "no token", () -> put(query));
    close(handle, theirs);
    assertThat(rows(flight.getInfo(command(query), mine), mine)).hasSize(FlightSqlDaemon.PACKAGES);
    close(handle, mine);
    assertFails(
        FlightStatusCode.NOT_FOUND, "was closed", () -> flight.getInfo(command(query), mine));
  }

  private ByteString prepare(String sql, CallOption caller) throws Exception {
    Message request =
        FlightSql.ActionCreatePreparedStatementRequest.newBuilder().setQuery(sql).build();
    byte[] body =
        flight
            .doAction(
                new Action("CreatePreparedStatement", Any.pack(request).toByteArray()), caller)
            .next()
            .getBody();
    return Any.parseFrom(body)
        .unpack(FlightSql.ActionCreatePreparedStatementResult.class)
        .getPreparedStatementHandle();
  }

  private void close(ByteString handle, CallOption caller) {
    Message request =
        FlightSql.ActionClosePreparedStatementRequest.newBuilder()
            .setPreparedStatementHandle(handle)
            .build();
    flight
        .doAction(new Action("ClosePreparedStatement", Any.pack(request).toByteArray()), caller)
        .forEachRemaining(_ -> {});
  }

  private void put(Message command, CallOption... options) throws Exception {
    try (VarCharVector values = new VarCharVector("p", allocator);
        VectorSchemaRoot root = VectorSchemaRoot.of(values)) {
      values.setSafe(0, new byte[] {'x'});
      root.setRowCount(1);
      FlightClient.ClientStreamListener listener =
          flight.startPut(
              command(command), root, new org.apache.arrow.flight.AsyncPutListener(), options);
      listener.putNext();
      listener.completed();
      listener.getResult();
    }
  }

  private static FlightDescriptor command(Message message) {
    return FlightDescriptor.command(Any.pack(message).toByteArray());
  }

  private long rowsOf(Ticket ticket, CallOption caller) throws Exception {
    long rows = 0;
    try (FlightStream stream = client.getStream(ticket, caller)) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    }
    return rows;
  }

  @Test
  void parametersAreBoundOneRowAtATime() throws Exception {
    String sql = "SELECT name FROM packages WHERE name = ? OR version = ? ORDER BY 1";
    try (PreparedStatement prepared = client.prepare(sql, mine)) {
      assertThat(prepared.getParameterSchema().getFields()).hasSize(2);
      assertFails(
          FlightStatusCode.INVALID_ARGUMENT,
          "2 parameters",
          () -> rows(prepared.execute(mine), mine));
      bind(prepared, "lib3", "1.5");
      assertThat(rows(prepared.execute(mine), mine)).containsExactly("lib3", "lib5");
      bind(prepared, "lib4", "none");
      assertThat(rows(prepared.execute(mine), mine)).containsExactly("lib4");
      bind(prepared, "lib4");
      assertFails(FlightStatusCode.INVALID_ARGUMENT, "are 1, but", () -> prepared.execute(mine));
      prepared.close(mine);
    }
    try (PreparedStatement prepared = client.prepare("SELECT ?::VARCHAR", mine);
        VarCharVector values = new VarCharVector("p", allocator);
        VectorSchemaRoot root = VectorSchemaRoot.of(values)) {
      values.setSafe(0, "a".getBytes(StandardCharsets.UTF_8));
      values.setSafe(1, "b".getBytes(StandardCharsets.UTF_8));
      root.setRowCount(2);
      prepared.setParameters(root);
      assertFails(FlightStatusCode.INVALID_ARGUMENT, "2 rows", () -> prepared.execute(mine));
      values.setSafe(0, new byte[2 << 20]);
      root.setRowCount(1);
      assertFails(FlightStatusCode.INVALID_ARGUMENT, "1048576", () -> prepared.execute(mine));
      prepared.close(mine);
    }
  }

  private void bind(PreparedStatement prepared, String... values) {
    List<FieldVector> vectors = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      VarCharVector vector = new VarCharVector("p" + i, allocator);
      vector.setSafe(0, values[i].getBytes(StandardCharsets.UTF_8));
      vector.setValueCount(1);
      vectors.add(vector);
    }
    VectorSchemaRoot root = new VectorSchemaRoot(vectors);
    root.setRowCount(1);
    // The client closes what was bound before.
    prepared.setParameters(root);
  }

  @Test
  void driversThatForgetToCloseStatementsLoseTheOldest() throws Exception {
    ByteString first = prepare("SELECT 1", mine);
    for (int i = 0; i < 130; i++) {
      prepare("SELECT 1", theirs);
    }
    Message query =
        FlightSql.CommandPreparedStatementQuery.newBuilder()
            .setPreparedStatementHandle(first)
            .build();
    assertThat(rows(flight.getInfo(command(query), mine), mine)).hasSize(1);
    for (int i = 0; i < 130; i++) {
      prepare("SELECT 1", mine);
    }
    assertFails(FlightStatusCode.NOT_FOUND, "", () -> flight.getInfo(command(query), mine));
  }

  @Test
  @SuppressWarnings("deprecation") // older drivers cancel so
  void cancelledFlightsEndTheirQueries() throws Exception {
    for (boolean older : new boolean[] {false, true}) {
      FlightInfo info = client.execute(ENDLESS, mine);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      rows(info, mine);
                    } catch (Throwable e) {
                      failure.set(e);
                    }
                  });
      boolean cancelled = false;
      while (!cancelled) {
        cancelled =
            older
                ? client.cancelQuery(info, mine) == CancelResult.CANCELLED
                : client.cancelFlightInfo(new CancelFlightInfoRequest(info), mine).getStatus()
                    == CancelStatus.CANCELLED;
      }
      reader.join();
      assertThat(failure.get())
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED));
      assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info), mine).getStatus())
          .isEqualTo(CancelStatus.NOT_CANCELLABLE);
    }
  }

  /** Of two processes a caller has one: were the first query not ended, the next would wait. */
  @Test
  void clientsThatGoAwayEndTheirQueries() throws Exception {
    Ticket ticket = client.execute(ENDLESS, mine).getEndpoints().getFirst().getTicket();
    for (int i = 0; i < 3; i++) {
      FlightStream stream = client.getStream(ticket, mine);
      stream.cancel("enough", null);
      stream.close();
      assertThat(ask("SELECT 42")).containsExactly("42");
    }
    assertFails(
        FlightStatusCode.TIMED_OUT,
        "",
        () -> {
          try (FlightStream stream =
              client.getStream(ticket, mine, CallOptions.timeout(1, TimeUnit.SECONDS))) {
            stream.next();
          }
        });
    assertThat(ask("SELECT 42")).containsExactly("42");
  }

  @Test
  void catalogsSchemasTablesAndTypesAreTold() throws Exception {
    assertThat(rows(client.getCatalogs(mine), mine)).containsExactly("memory");
    assertThat(rows(client.getSchemas(null, null, mine), mine)).containsExactly("memory|main");
    assertThat(rows(client.getSchemas("memory", "ma%", mine), mine)).hasSize(1);
    assertThat(rows(client.getSchemas("other", null, mine), mine)).isEmpty();
    assertThat(rows(client.getSchemas(null, "m_", mine), mine)).isEmpty();
    assertThat(rows(client.getTableTypes(mine), mine)).containsExactly("TABLE", "VIEW");
    assertThat(rows(client.getTables(null, null, null, null, false, mine), mine))
        .contains(
            "memory|main|entries|TABLE",
            "memory|main|maven_packages|TABLE",
            "memory|main|duplicates|VIEW");
    assertThat(rows(client.getTables(null, null, "%\\_packages", null, false, mine), mine))
        .containsExactly("memory|main|maven_packages|TABLE");
    assertThat(rows(client.getTables(null, null, "entr_es", List.of("VIEW"), false, mine), mine))
        .isEmpty();
    assertThat(rows(client.getTables("other", null, null, null, false, mine), mine)).isEmpty();
    assertThat(rows(client.getTables(null, null, "licenses", List.of("VIEW"), true, mine), mine))
        .containsExactly("memory|main|licenses|VIEW|[archive, package_type, license, packages]");
    assertThat(rows(client.getXdbcTypeInfo(mine), mine)).hasSize(12);
    assertThat(rows(client.getXdbcTypeInfo(12, mine), mine))
        .singleElement()
        .asString()
        .startsWith("VARCHAR|12|");
    TableRef entries = TableRef.of(null, null, "entries");
    assertThat(rows(client.getPrimaryKeys(entries, mine), mine)).isEmpty();
    assertThat(rows(client.getExportedKeys(entries, mine), mine)).isEmpty();
    assertThat(rows(client.getImportedKeys(entries, mine), mine)).isEmpty();
    assertThat(rows(client.getCrossReference(entries, entries, mine), mine)).isEmpty();
  }

  @Test
  void schemasOfMetadataAreThoseOfTheSpecification() {
    assertThat(client.getCatalogsSchema(mine).getSchema()).isEqualTo(Schemas.GET_CATALOGS_SCHEMA);
    assertThat(client.getSchemasSchema(mine).getSchema()).isEqualTo(Schemas.GET_SCHEMAS_SCHEMA);
    assertThat(client.getTablesSchema(true, mine).getSchema()).isEqualTo(Schemas.GET_TABLES_SCHEMA);
    assertThat(client.getTablesSchema(false, mine).getSchema())
        .isEqualTo(Schemas.GET_TABLES_SCHEMA_NO_SCHEMA);
    assertThat(client.getTableTypesSchema(mine).getSchema())
        .isEqualTo(Schemas.GET_TABLE_TYPES_SCHEMA);
    assertThat(client.getPrimaryKeysSchema(mine).getSchema())
        .isEqualTo(Schemas.GET_PRIMARY_KEYS_SCHEMA);
    assertThat(client.getExportedKeysSchema(mine).getSchema())
        .isEqualTo(Schemas.GET_EXPORTED_KEYS_SCHEMA);
    assertThat(client.getImportedKeysSchema(mine).getSchema())
        .isEqualTo(Schemas.GET_IMPORTED_KEYS_SCHEMA);
    assertThat(client.getCrossReferenceSchema(mine).getSchema())
        .isEqualTo(Schemas.GET_CROSS_REFERENCE_SCHEMA);
    assertThat(client.getXdbcTypeInfoSchema(mine).getSchema())
        .isEqualTo(Schemas.GET_TYPE_INFO_SCHEMA);
    assertThat(client.getSqlInfoSchema(mine).getSchema()).isEqualTo(Schemas.GET_SQL_INFO_SCHEMA);
  }

  @Test
  void everySqlInfoHasAValue() throws Exception {
    Set<String> all =
        Arrays.stream(SqlInfo.values())
            .filter(info -> info != SqlInfo.UNRECOGNIZED)
            .map(info -> String.valueOf(info.getNumber()))
            .collect(java.util.stream.Collectors.toSet());
    List<String> rows = rows(client.getSqlInfo(new int[0], mine), mine);
    assertThat(rows).extracting(row -> row.substring(0, row.indexOf('|'))).hasSameElementsAs(all);
    assertThat(rows).noneMatch(row -> row.endsWith("|null"));
    assertThat(
            rows(
                client.getSqlInfo(
                    new SqlInfo[] {SqlInfo.FLIGHT_SQL_SERVER_READ_ONLY, SqlInfo.SQL_NULL_ORDERING},
                    mine),
                mine))
        .containsExactly("3|true", "507|3");
    assertThat(rows(client.getSqlInfo(new int[] {99_999}, mine), mine)).isEmpty();
  }

  @Test
  void whatWritesIsRefusedAsReadOnly() throws Exception {
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "read only",
        () -> client.executeUpdate("DELETE FROM entries", mine));
    try (PreparedStatement prepared = client.prepare("SELECT 1", mine)) {
      assertFails(
          FlightStatusCode.INVALID_ARGUMENT, "read only", () -> prepared.executeUpdate(mine));
      prepared.close(mine);
    }
    try (VarCharVector values = new VarCharVector("p", allocator);
        VectorSchemaRoot root = VectorSchemaRoot.of(values)) {
      root.setRowCount(0);
      FlightSqlClient.ExecuteIngestOptions options =
          new FlightSqlClient.ExecuteIngestOptions(
              "t",
              FlightSql.CommandStatementIngest.TableDefinitionOptions.getDefaultInstance(),
              false,
              null,
              null,
              Map.of());
      assertFails(
          FlightStatusCode.INVALID_ARGUMENT,
          "read only",
          () -> client.executeIngest(root, options, mine));
    }
    assertFails(
        FlightStatusCode.UNIMPLEMENTED,
        "Substrait",
        () ->
            client.executeSubstrait(new FlightSqlClient.SubstraitPlan(new byte[] {1}, "1"), mine));
    assertFails(
        FlightStatusCode.UNIMPLEMENTED,
        "Substrait",
        () -> client.prepare(new FlightSqlClient.SubstraitPlan(new byte[] {1}, "1"), mine));
    assertFails(
        FlightStatusCode.UNIMPLEMENTED, "no transactions", () -> client.beginTransaction(mine));
  }

  @Test
  void sessionsAcceptWhatThereIs() {
    SetSessionOptionsResult result =
        client.setSessionOptions(
            new SetSessionOptionsRequest(
                Map.of(
                    "catalog", SessionOptionValueFactory.makeSessionOptionValue("memory"),
                    "schema", SessionOptionValueFactory.makeSessionOptionValue("other"),
                    "colour", SessionOptionValueFactory.makeSessionOptionValue("red"))),
            mine);
    assertThat(result.getErrors().keySet()).containsExactlyInAnyOrder("schema", "colour");
    assertThat(result.getErrors().get("schema").value)
        .isEqualTo(SetSessionOptionsResult.ErrorValue.INVALID_VALUE);
    assertThat(result.getErrors().get("colour").value)
        .isEqualTo(SetSessionOptionsResult.ErrorValue.INVALID_NAME);
    assertThat(client.getSessionOptions(new GetSessionOptionsRequest(), mine).getSessionOptions())
        .containsOnlyKeys("catalog", "schema");
    assertThat(client.closeSession(new CloseSessionRequest(), mine).getStatus())
        .isEqualTo(CloseSessionResult.Status.CLOSED);
  }

  @Test
  void endpointsAreRenewedAndPolledFlightsAreComplete() throws Exception {
    FlightInfo info = client.execute("SELECT 7", mine);
    FlightEndpoint renewed =
        client.renewFlightEndpoint(
            new RenewFlightEndpointRequest(info.getEndpoints().getFirst()), mine);
    assertThat(renewed.getExpirationTime()).isPresent();
    assertThat(rowsOf(renewed.getTicket(), mine)).isEqualTo(1);
    assertFails(
        FlightStatusCode.UNAUTHORIZED,
        "another caller",
        () ->
            client.renewFlightEndpoint(
                new RenewFlightEndpointRequest(info.getEndpoints().getFirst()), theirs));
    Message query = FlightSql.CommandStatementQuery.newBuilder().setQuery("SELECT 7").build();
    org.apache.arrow.flight.PollInfo poll = flight.pollInfo(command(query), mine);
    assertThat(poll.getFlightDescriptor()).isEmpty();
    assertThat(rows(poll.getFlightInfo(), mine)).containsExactly("7");
    List<String> actions = new ArrayList<>();
    flight.listActions(mine).forEach(action -> actions.add(action.getType()));
    assertThat(actions)
        .contains("health", "CancelFlightInfo", "CreatePreparedStatement", "BeginTransaction");
  }

  @Test
  void hostileCommandsTicketsAndActionsAreRefused() {
    byte[] garbage =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery")
            .setValue(ByteString.copyFrom(new byte[] {10, (byte) 0xff, (byte) 0xff, 3}))
            .build()
            .toByteArray();
    byte[] unknown =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/arrow.flight.protocol.sql.CommandNew")
            .build()
            .toByteArray();
    byte[] forged =
        Any.pack(
                FlightSql.TicketStatementQuery.newBuilder()
                    .setStatementHandle(ByteString.copyFrom(new byte[100]))
                    .build())
            .toByteArray();
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "CommandStatementQuery",
        () -> flight.getInfo(FlightDescriptor.command(garbage), mine));
    assertFails(
        FlightStatusCode.UNIMPLEMENTED,
        "no such command",
        () -> flight.getInfo(FlightDescriptor.command(unknown), mine));
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "none that this daemon made",
        () -> rowsOf(new Ticket(forged), mine));
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "no query",
        () -> flight.getInfo(FlightDescriptor.command(forged), mine));
    byte[] ticket;
    try {
      ticket = client.execute("SELECT 1", mine).getEndpoints().getFirst().getTicket().getBytes();
    } catch (FlightRuntimeException e) {
      throw new AssertionError(e);
    }
    ticket[ticket.length - 20] ^= 1;
    assertFails(FlightStatusCode.INVALID_ARGUMENT, "", () -> rowsOf(new Ticket(ticket), mine));
    for (String action :
        List.of(
            "CreatePreparedStatement",
            "ClosePreparedStatement",
            "CancelQuery",
            "CancelFlightInfo",
            "RenewFlightEndpoint",
            "SetSessionOptions")) {
      assertFails(
          FlightStatusCode.INVALID_ARGUMENT,
          "",
          () ->
              flight
                  .doAction(new Action(action, new byte[] {10, (byte) 0xff, 1}), mine)
                  .forEachRemaining(_ -> {}));
    }
    assertFails(
        FlightStatusCode.UNIMPLEMENTED,
        "no such action",
        () -> flight.doAction(new Action("x"), mine).forEachRemaining(_ -> {}));
    assertFails(
        FlightStatusCode.INVALID_ARGUMENT,
        "longer than 1024",
        () -> rows(client.getTables(null, null, "%a".repeat(600), null, false, mine), mine));
  }

  @Test
  void rowsThatAreTooLargeAreRefused() {
    assertFails(
        FlightStatusCode.RESOURCE_EXHAUSTED, "16777216", () -> ask("SELECT repeat('x', 20000000)"));
  }

  @Test
  void handshakesTurnPasswordsIntoTokens() throws Exception {
    String pair =
        Base64.getEncoder()
            .encodeToString(("anybody:" + daemon.mine()).getBytes(StandardCharsets.UTF_8));
    flight.handshake(header("Basic " + pair));
    java.util.Optional<org.apache.arrow.flight.grpc.CredentialCallOption> option =
        flight.authenticateBasicToken("anybody", daemon.mine());
    assertThat(rows(client.execute("SELECT 1", option.orElseThrow()), mine)).containsExactly("1");
    assertFails(
        FlightStatusCode.UNAUTHENTICATED,
        "token",
        () -> flight.authenticateBasicToken("anybody", "pkh_wrong"));
    assertFails(FlightStatusCode.UNAUTHENTICATED, "", () -> flight.handshake());
    assertFails(
        FlightStatusCode.UNAUTHENTICATED,
        "",
        () -> client.execute("SELECT 1", header("Basic " + pair)));
  }
}
