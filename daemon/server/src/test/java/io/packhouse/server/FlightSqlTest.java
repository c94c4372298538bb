package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;

/** Statements, prepared and not, and their ends. */
@SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
class FlightSqlTest extends FlightSqlClients {
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
      Thread reader = reader(info, failure);
      boolean cancelled = false;
      while (!cancelled) {
        cancelled =
            older
                ? client.cancelQuery(info, mine) == CancelResult.CANCELLED
                : client.cancelFlightInfo(new CancelFlightInfoRequest(info), mine).getStatus()
                    == CancelStatus.CANCELLED;
      }
      reader.join();
      assertCancelled(failure.get());
      assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info), mine).getStatus())
          .isEqualTo(CancelStatus.NOT_CANCELLABLE);
    }
  }

  /** Of two processes a caller has one. */
  @Test
  void flightsThatWaitAreCancelledAtOnce() throws Exception {
    Ticket rows =
        client.execute("FROM range(100000000000)", mine).getEndpoints().getFirst().getTicket();
    FlightInfo info = client.execute("SELECT 42", mine);
    try (FlightStream first = client.getStream(rows, mine)) {
      assertThat(first.next()).isTrue();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread waiter = reader(info, failure);
      while (client.cancelFlightInfo(new CancelFlightInfoRequest(info), mine).getStatus()
          != CancelStatus.CANCELLED) {
        Thread.onSpinWait();
      }
      waiter.join();
      assertCancelled(failure.get());
      first.cancel("enough", null);
    }
    assertThat(ask("SELECT 42")).containsExactly("42");
  }

  private Thread reader(FlightInfo info, AtomicReference<Throwable> failure) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                rows(info, mine);
              } catch (Throwable e) {
                failure.set(e);
              }
            });
  }

  private static void assertCancelled(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.CANCELLED));
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
}
