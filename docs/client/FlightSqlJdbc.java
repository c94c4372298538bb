import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Asks a daemon by Flight SQL's driver for JDBC as DBeaver does, as docs/flight-sql.md says: its
 * class by name, the token as a property, what there is by the metadata, statements with a limit of
 * rows. What SQL answers is written as CSV.
 *
 * <pre>
 * java --add-opens=java.base/java.nio=ALL-UNNAMED -cp flight-sql-jdbc-driver-18.3.0.jar FlightSqlJdbc.java HOST:PORT SQL [TRUSTSTORE]
 * </pre>
 *
 * PACKHOUSE_TOKEN is shown where it is set. TRUSTSTORE, with the password "changeit", has the
 * certificates that are trusted in place of the system's.
 */
public class FlightSqlJdbc {
  public static void main(String[] args) throws Exception {
    if (args.length != 2 && args.length != 3) {
      System.err.println("usage: FlightSqlJdbc.java HOST:PORT SQL [TRUSTSTORE]");
      System.exit(2);
    }
    Properties properties = new Properties();
    String token = System.getenv("PACKHOUSE_TOKEN");
    if (token != null) {
      properties.setProperty("user", "me");
      properties.setProperty("password", token);
    }
    if (args.length == 3) {
      properties.setProperty("trustStore", Path.of(args[2]).toAbsolutePath().toString());
      properties.setProperty("trustStorePassword", "changeit");
      // Else these are not even looked at.
      properties.setProperty("useSystemTrustStore", "false");
    }
    Driver driver =
        (Driver)
            Class.forName("org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver")
                .getDeclaredConstructor()
                .newInstance();
    String url = "jdbc:arrow-flight-sql://" + args[0] + "/";
    try (Connection connection = Objects.requireNonNull(driver.connect(url, properties), url)) {
      answer(connection, args[1]);
      metadata(connection.getMetaData());
      parameters(connection);
      failure(connection);
    }
  }

  private static void answer(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      List<String> line = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        line.add(rows.getMetaData().getColumnLabel(i));
      }
      StringBuilder csv = new StringBuilder(String.join(",", line)).append('\n');
      while (rows.next()) {
        line.clear();
        for (int i = 1; i <= columns; i++) {
          line.add(Objects.toString(rows.getObject(i), ""));
        }
        csv.append(String.join(",", line)).append('\n');
      }
      System.out.print(csv);
    }
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(5);
      int rows = 0;
      try (ResultSet limited = statement.executeQuery("SELECT * FROM entries")) {
        while (limited.next()) {
          rows++;
        }
      }
      System.err.println(rows + " rows of 5");
    }
  }

  private static void metadata(DatabaseMetaData metadata) throws SQLException {
    System.err.println(
        metadata.getDatabaseProductName()
            + " "
            + metadata.getDatabaseProductVersion()
            + ", "
            + metadata.getDriverName()
            + " "
            + metadata.getDriverVersion());
    TreeSet<String> tables = new TreeSet<>();
    try (ResultSet rows = metadata.getTables(null, "main", "%", new String[] {"TABLE", "VIEW"})) {
      while (rows.next()) {
        tables.add(rows.getString("TABLE_NAME"));
      }
    }
    check(tables.containsAll(List.of("archives", "entries", "packages", "duplicates")), tables);
    int columns = 0;
    try (ResultSet rows = metadata.getColumns(null, "main", "packages", "%")) {
      while (rows.next()) {
        columns++;
      }
    }
    check(columns > 10, columns);
    System.err.println(tables.size() + " tables, packages with " + columns + " columns");
  }

  private static void parameters(Connection connection) throws SQLException {
    String sql = "SELECT path, size FROM entries WHERE type = ? AND size > ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (long least : new long[] {100_000, 1_000_000}) {
        statement.setString(1, "file");
        statement.setLong(2, least);
        int found = 0;
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            check(rows.getLong("size") > least, rows.getString("path"));
            found++;
          }
        }
        check(found > 0, least);
        System.err.println(found + " files are above " + least + " bytes");
      }
    }
  }

  private static void failure(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT nothing FROM entries")) {
      throw new IllegalStateException("a wrong statement was answered: " + rows);
    } catch (SQLException e) {
      System.err.println("as it should be: " + e.getMessage().lines().findFirst().orElseThrow());
    }
  }

  private static void check(boolean holds, Object found) {
    if (!holds) {
      throw new IllegalStateException("not as it should be: " + found);
    }
  }
}
