package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
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
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.impl.FlightSql;
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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Arrow's own client of Flight SQL on a real daemon, over TCP, with tokens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
@SuppressWarnings("try") // close() of Arrow's streams may be interrupted; nobody does
abstract class FlightSqlClients {
  static final String ENDLESS =
      "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = -1";

  @TempDir static Path folder;
  final BufferAllocator allocator = new RootAllocator(512 << 20);
  FlightSqlDaemon daemon;
  FlightClient flight;
  FlightSqlClient client;
  CallOption mine;
  CallOption theirs;

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

  static CallOption header(String value) {
    CallHeaders headers = new FlightCallHeaders();
    headers.insert("authorization", value);
    return new HeaderCallOption(headers);
  }

  List<String> rows(FlightInfo info, CallOption caller) throws Exception {
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

  static String schema(byte[] bytes) throws Exception {
    Schema schema =
        MessageSerializer.deserializeSchema(
            new ReadChannel(Channels.newChannel(new ByteArrayInputStream(bytes))));
    return schema.getFields().stream().map(Field::getName).toList().toString();
  }

  List<String> ask(String sql) throws Exception {
    return rows(client.execute(sql, mine), mine);
  }

  static void assertFails(FlightStatusCode code, String message, ThrowingRunnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            e -> assertThat(e.status().code()).as(e.toString()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  interface ThrowingRunnable {
    void run() throws Exception;
  }

  ByteString prepare(String sql, CallOption caller) throws Exception {
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

  void close(ByteString handle, CallOption caller) {
    Message request =
        FlightSql.ActionClosePreparedStatementRequest.newBuilder()
            .setPreparedStatementHandle(handle)
            .build();
    flight
        .doAction(new Action("ClosePreparedStatement", Any.pack(request).toByteArray()), caller)
        .forEachRemaining(_ -> {});
  }

  void put(Message command, CallOption... options) throws Exception {
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

  static FlightDescriptor command(Message message) {
    return FlightDescriptor.command(Any.pack(message).toByteArray());
  }

  long rowsOf(Ticket ticket, CallOption caller) throws Exception {
    long rows = 0;
    try (FlightStream stream = client.getStream(ticket, caller)) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    }
    return rows;
  }
}
