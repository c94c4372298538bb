package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The driver of Flight SQL for JDBC, as DBeaver loads it, on a real daemon. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class FlightSqlJdbcTest {
  @TempDir static Path folder;
  private FlightSqlDaemon daemon;

  @BeforeAll
  void start() throws Exception {
    daemon = FlightSqlDaemon.start(folder, false);
    try (Connection connection = connect("token=" + daemon.mine())) {
      FlightSqlDaemon.await(1, () -> rows(connection, "SELECT archive FROM archives").size());
    }
  }

  @AfterAll
  void stop() throws Exception {
    daemon.close();
  }

  private Connection connect(String parameters) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:arrow-flight-sql://127.0.0.1:"
            + daemon.port()
            + "/?useEncryption=false&"
            + parameters);
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return rows(result);
    }
  }

  private static List<String> rows(ResultSet result) throws SQLException {
    List<String> rows = new ArrayList<>();
    int columns = result.getMetaData().getColumnCount();
    while (result.next()) {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        values.add(String.valueOf(result.getObject(i)));
      }
      rows.add(String.join("|", values));
    }
    return rows;
  }

  @Test
  void queriesAndPreparedStatementsWithParameters() throws Exception {
    try (Connection connection = connect("token=" + daemon.mine())) {
      assertThat(rows(connection, "SELECT name, version FROM packages WHERE name = 'lib7'"))
          .containsExactly("lib7|1.7");
      assertThat(rows(connection, "SELECT * FROM entries")).hasSizeGreaterThan(40);
      try (PreparedStatement prepared =
          connection.prepareStatement(
              "SELECT name FROM packages JOIN entries USING (archive, path)"
                  + " WHERE size > ? AND name = ?")) {
        for (int i = 3; i < 6; i++) {
          prepared.setLong(1, 10);
          prepared.setString(2, "lib" + i);
          try (ResultSet result = prepared.executeQuery()) {
            assertThat(rows(result)).containsExactly("lib" + i);
          }
        }
      }
      assertThat(rows(connection, "SELECT name FROM packages WHERE name LIKE 'secret%'")).isEmpty();
    }
  }

  @Test
  void namesAndPasswordsAreTokensAndCatalogsCanBeChosen() throws Exception {
    try (Connection connection = connect("user=anybody&password=" + daemon.theirs())) {
      assertThat(rows(connection, "SELECT name FROM packages")).containsExactly("secret0");
    }
    Connection chosen = connect("catalog=memory&token=" + daemon.mine());
    assertThat(rows(chosen, "SELECT count(*) FROM packages"))
        .containsExactly(String.valueOf(FlightSqlDaemon.PACKAGES));
    // The driver closes such a session, its connection, and then the session once more.
    assertThatThrownBy(chosen::close).hasMessage("Channel shutdown invoked");
    assertThatThrownBy(() -> connect("user=anybody&password=pkh_wrong"))
        .hasMessageContaining("token is not known");
  }

  @Test
  void whereNoTokenIsNeededAnyPasswordWillDo(@TempDir Path other) throws Exception {
    try (FlightSqlDaemon open = FlightSqlDaemon.start(other, true);
        Connection connection =
            DriverManager.getConnection(
                "jdbc:arrow-flight-sql://127.0.0.1:"
                    + open.port()
                    + "/?useEncryption=false&user=me&password=any");
        Connection without =
            DriverManager.getConnection(
                "jdbc:arrow-flight-sql://127.0.0.1:" + open.port() + "/?useEncryption=false")) {
      assertThat(rows(connection, "SELECT 1")).containsExactly("1");
      assertThat(rows(without, "SELECT 1")).containsExactly("1");
    }
  }

  @Test
  void tablesAndColumnsAreTold() throws Exception {
    try (Connection connection = connect("token=" + daemon.mine())) {
      DatabaseMetaData metadata = connection.getMetaData();
      try (ResultSet tables = metadata.getTables(null, "main", "%", new String[] {"TABLE"})) {
        assertThat(rows(tables)).anyMatch(row -> row.startsWith("memory|main|entries|TABLE"));
      }
      try (ResultSet columns = metadata.getColumns(null, null, "entries", "%")) {
        List<String> types = new ArrayList<>();
        while (columns.next()) {
          types.add(columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME"));
        }
        assertThat(types).contains("path VARCHAR", "size BIGINT", "mtime TIMESTAMP");
      }
    }
  }

  /** Each answers, or says that it does not: drivers take a missing value for a null. */
  @Test
  void everyMethodOfTheMetadataAnswersOrSaysThatItDoesNot() throws Exception {
    Map<String, String> refused = new TreeMap<>();
    Map<String, Throwable> broken = new TreeMap<>();
    int called = 0;
    try (Connection connection = connect("token=" + daemon.mine())) {
      DatabaseMetaData metadata = connection.getMetaData();
      Method[] methods = DatabaseMetaData.class.getMethods();
      Arrays.sort(methods, Comparator.comparing(Method::toString));
      for (Method method : methods) {
        if (method.getName().equals("unwrap")) {
          continue;
        }
        called++;
        try {
          Object answer = method.invoke(metadata, arguments(method));
          if (answer instanceof ResultSet rows) {
            rows(rows);
            rows.close();
          }
        } catch (InvocationTargetException e) {
          Throwable cause = e.getCause();
          if (cause instanceof SQLFeatureNotSupportedException
              || cause instanceof UnsupportedOperationException
              || cause instanceof SQLException
              || String.valueOf(cause.getMessage()).startsWith("todo: implement")) {
            refused.put(method.getName(), String.valueOf(cause));
          } else {
            broken.put(method.toString(), cause);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(called).isGreaterThan(150);
    // What the driver does not have itself; a type that we send no number for is its own, too.
    assertThat(refused.keySet())
        .allMatch(
            name ->
                name.endsWith("AreDetected")
                    || name.endsWith("AreVisible")
                    || name.startsWith("supportsResultSet"));
  }

  private static Object[] arguments(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(
            type ->
                type == int.class
                    ? (Object) 1
                    : type == boolean.class
                        ? (Object) true
                        : type == String.class ? "%" : type == Class.class ? Object.class : null)
        .toArray();
  }
}
