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

/**
 * Asks a daemon by Flight SQL's driver for JDBC as DBeaver does, as docs/flight-sql.md says: its
 * class by name, the token as a property, what there is by the metadata and in which order,
 * statements with a limit of rows. What SQL answers is written as CSV.
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

  /**
   * What DBeaver asks: of the product and its dialect when it connects, then for types and kinds of
   * tables, and down its tree for catalogs, schemas, tables, and what a table has.
   */
  private static void metadata(DatabaseMetaData metadata) throws SQLException {
    System.err.println(
        metadata.getDatabaseProductName()
            + " "
            + metadata.getDatabaseProductVersion()
            + ", "
            + metadata.getDriverName()
            + " "
            + metadata.getDriverVersion());
    check(metadata.isReadOnly() && !metadata.supportsTransactions(), "read only");
    check("\"".equals(metadata.getIdentifierQuoteString()), metadata.getIdentifierQuoteString());
    String escape = metadata.getSearchStringEscape();
    check("\\".equals(escape), escape);
    for (String words :
        List.of(
            metadata.getSQLKeywords(),
            metadata.getNumericFunctions(),
            metadata.getStringFunctions(),
            metadata.getSystemFunctions(),
            metadata.getTimeDateFunctions())) {
      check(words != null, "words of the dialect");
    }
    // Of types this driver knows none, and does not ask the daemon, which would tell.
    texts(metadata.getTypeInfo(), "TYPE_NAME");
    check(
        texts(metadata.getTableTypes(), "TABLE_TYPE").containsAll(List.of("TABLE", "VIEW")),
        "kinds");
    for (String catalog : texts(metadata.getCatalogs(), "TABLE_CAT")) {
      for (String schema : texts(metadata.getSchemas(catalog, null), "TABLE_SCHEM")) {
        List<String> tables = texts(metadata.getTables(catalog, schema, "%", null), "TABLE_NAME");
        check(tables.containsAll(List.of("archives", "entries", "packages", "duplicates")), tables);
        int columns = 0;
        for (String table : tables) {
          String pattern = table.replace("_", escape + "_");
          List<String> names =
              texts(metadata.getColumns(catalog, schema, pattern, "%"), "COLUMN_NAME");
          check(!names.isEmpty(), table);
          columns += names.size();
          texts(metadata.getPrimaryKeys(catalog, schema, table), "COLUMN_NAME");
          texts(metadata.getIndexInfo(catalog, schema, table, false, true), "COLUMN_NAME");
          texts(metadata.getImportedKeys(catalog, schema, table), "FKCOLUMN_NAME");
          texts(metadata.getExportedKeys(catalog, schema, table), "FKCOLUMN_NAME");
        }
        texts(metadata.getProcedures(catalog, schema, "%"), "PROCEDURE_NAME");
        texts(metadata.getFunctions(catalog, schema, "%"), "FUNCTION_NAME");
        System.err.println(
            catalog + "." + schema + ": " + tables.size() + " tables, " + columns + " columns");
      }
    }
  }

  private static List<String> texts(ResultSet rows, String column) throws SQLException {
    try (rows) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(column));
      }
      return texts;
    }
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
