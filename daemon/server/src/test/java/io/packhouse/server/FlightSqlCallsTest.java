package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.util.TableRef;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

/** What drivers ask about tables and the daemon, and what is refused. */
@SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
class FlightSqlCallsTest extends FlightSqlClients {
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
