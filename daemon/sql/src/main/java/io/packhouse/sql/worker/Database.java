package io.packhouse.sql.worker;

import io.packhouse.sql.Segment;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.Unready;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * What queries see: segments, for reading only, in a DuckDB that is locked down. Nothing else is in
 * it, so what a caller may not see need not be hidden.
 */
final class Database implements AutoCloseable {
  /** Statements whose plans are kept: dashboards ask the same again and again. */
  private static final int PLANS = 64;

  private static final int MAX_PLAN_LENGTH = 8 << 10;

  /** Of them, what DuckDB has made ready to run. */
  private static final int PREPARED = 16;

  private final DuckDBConnection connection;

  /** Whose results come as they are made. What is wrong with a query it cannot tell. */
  private final DuckDBConnection streaming;

  private final List<Segment> segments;
  private final List<Unready> unready;
  private final @Nullable Path writable;
  private final StatementCheck check = new StatementCheck();
  private final Map<String, PlannedStatement> plans =
      new LinkedHashMap<>(PLANS, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PlannedStatement> eldest) {
          return size() > PLANS;
        }
      };

  /** Prepared for {@link #streaming}, by what was prepared. */
  private final SequencedMap<String, PreparedStatement> prepared =
      new LinkedHashMap<>(16, 0.75f, true);

  private Database(
      DuckDBConnection connection,
      DuckDBConnection streaming,
      List<Segment> segments,
      List<Unready> unready,
      @Nullable Path writable) {
    this.connection = connection;
    this.streaming = streaming;
    this.segments = segments;
    this.unready = unready;
    this.writable = writable;
  }

  /**
   * Opens segments.
   *
   * @param writable the only folder that DuckDB may use besides, if it may use any
   */
  static Database open(
      Limits limits, List<Segment> segments, List<Unready> unready, @Nullable Path writable)
      throws SQLException, IOException {
    DuckDBConnection connection = limits.open("");
    try {
      VersionFunctions.register(connection);
      define(connection, segments);
      tell(connection, unready);
      DuckDBConnection streaming = connection.duplicate();
      try (Statement session = streaming.createStatement();
          Statement statement = connection.createStatement()) {
        session.execute("SET SESSION jdbc_stream_results = true");
        if (writable != null) {
          statement.execute("SET allowed_directories = [" + Tables.text(writable + "/") + "]");
        }
        statement.execute("SET enable_external_access = false");
        statement.execute("SET lock_configuration = true");
      } catch (SQLException e) {
        streaming.close();
        throw e;
      }
      return new Database(connection, streaming, segments, unready, writable);
    } catch (SQLException | IOException e) {
      connection.close();
      throw e;
    }
  }

  private static void define(DuckDBConnection connection, List<Segment> segments)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      Map<String, String> selects =
          segments.isEmpty()
              ? empty(statement)
              : SegmentUnion.attach(connection, segments).selects();
      for (Map.Entry<String, String> table : selects.entrySet()) {
        String name = Tables.quoted(table.getKey());
        statement.execute("CREATE VIEW " + name + " AS " + table.getValue());
      }
      statement.execute(script("views.sql"));
    }
  }

  /** Tables without rows, where there is no segment to have them. */
  private static Map<String, String> empty(Statement statement) throws SQLException, IOException {
    statement.execute(script("tables.sql"));
    Map<String, String> selects = new HashMap<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'stored'")) {
      while (rows.next()) {
        selects.put(rows.getString(1), "FROM stored." + rows.getString(1));
      }
    }
    return selects;
  }

  private static void tell(DuckDBConnection connection, List<Unready> unready) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO unready_archives VALUES (?, ?, nullif(?, ''))")) {
      for (Unready archive : unready) {
        insert.setString(1, archive.archive());
        insert.setString(2, archive.state());
        insert.setString(3, archive.problem());
        insert.executeUpdate();
      }
    }
  }

  /** SQL that comes with the program. */
  static String script(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Database.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Checks and plans a statement, and runs nothing of it. */
  PlannedStatement plan(String sql) throws SQLException, SqlException {
    PlannedStatement known = plans.get(sql);
    if (known != null) {
      return known;
    }
    PlannedStatement planned = PlannedStatement.of(connection, check, sql);
    if (sql.length() <= MAX_PLAN_LENGTH) {
      plans.put(sql, planned);
    }
    return planned;
  }

  /**
   * A statement that is ready to run, of which results come as they are made; nobody else has it
   * until it is handed back.
   */
  PreparedStatement take(String plain) throws SQLException {
    PreparedStatement known = prepared.remove(plain);
    return known == null ? streaming.prepareStatement(plain) : known;
  }

  /** Hands back a statement whose result was read whole, for who asks the same again. */
  void give(String plain, PreparedStatement statement) throws SQLException {
    if (plain.length() > MAX_PLAN_LENGTH) {
      statement.close();
      return;
    }
    prepared.put(plain, statement);
    if (prepared.size() > PREPARED) {
      Map.Entry<String, PreparedStatement> eldest = prepared.pollFirstEntry();
      if (eldest != null) {
        eldest.getValue().close();
      }
    }
  }

  List<Segment> segments() {
    return segments;
  }

  List<Unready> unready() {
    return unready;
  }

  @Nullable Path writable() {
    return writable;
  }

  /** Whose results are whole before the first row is seen. */
  DuckDBConnection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    streaming.close();
    connection.close();
  }
}
