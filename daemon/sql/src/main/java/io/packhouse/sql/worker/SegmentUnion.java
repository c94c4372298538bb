package io.packhouse.sql.worker;

import io.packhouse.sql.Segment;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The tables of several segments as one: attaches the segments, and says how to select. */
final class SegmentUnion {
  /** Where segments have their tables. */
  static final String SCHEMA = "stored";

  private static final String CATALOG = "segment_";

  /** A table of some of the segments. To SQL case makes no difference in the names of columns. */
  private static final class Table {
    /** The columns of all, by name in lower case, in the order in which segments bring them. */
    final Map<String, Column> columns = new LinkedHashMap<>();

    /** Types of a segment's columns, by segment and name in lower case. */
    final Map<String, Map<String, String>> parts = new HashMap<>();
  }

  private record Column(String name, String type) {
    /** Where archives do not agree on a type, which only those of third parties' plugins do. */
    Column as(String other) {
      return type.equals(other) ? this : new Column(name, "VARCHAR");
    }
  }

  private final List<Segment> segments;
  private final Map<String, Table> tables = new TreeMap<>();

  private SegmentUnion(List<Segment> segments) {
    this.segments = List.copyOf(segments);
  }

  /**
   * Attaches segments to a connection.
   *
   * @throws SQLException if one is not there, or is no segment
   */
  static SegmentUnion attach(Connection connection, List<Segment> segments) throws SQLException {
    SegmentUnion union = new SegmentUnion(segments);
    try (Statement statement = connection.createStatement()) {
      for (int i = 0; i < segments.size(); i++) {
        String file = Tables.text(segments.get(i).file().toString());
        statement.execute("ATTACH " + file + " AS " + CATALOG + i + " (READ_ONLY)");
      }
    }
    union.readColumns(connection);
    return union;
  }

  private void readColumns(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT table_name, database_name, column_name, data_type FROM duckdb_columns()"
                + " WHERE schema_name = ? AND starts_with(database_name, ?)"
                + " ORDER BY database_oid, table_oid, column_index")) {
      statement.setString(1, SCHEMA);
      statement.setString(2, CATALOG);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Table table = tables.computeIfAbsent(rows.getString(1), _ -> new Table());
          String name = rows.getString(3);
          String type = rows.getString(4);
          String key = name.toLowerCase(Locale.ROOT);
          table.parts.computeIfAbsent(rows.getString(2), _ -> new HashMap<>()).put(key, type);
          table.columns.merge(key, new Column(name, type), (known, _) -> known.as(type));
        }
      }
    }
  }

  /** By table, a SELECT of all its rows. */
  Map<String, String> selects() {
    Map<String, String> selects = new LinkedHashMap<>();
    tables.forEach((name, table) -> selects.put(name, select(name, table)));
    return selects;
  }

  private String select(String name, Table table) {
    return IntStream.range(0, segments.size())
        .filter(i -> table.parts.containsKey(CATALOG + i))
        .mapToObj(
            i ->
                "SELECT %s FROM %s%d.%s.%s%s"
                    .formatted(
                        columns(table, table.parts.getOrDefault(CATALOG + i, Map.of())),
                        CATALOG,
                        i,
                        SCHEMA,
                        Tables.quoted(name),
                        without(segments.get(i))))
        .collect(Collectors.joining(" UNION ALL "));
  }

  private static String columns(Table table, Map<String, String> part) {
    return table.columns.entrySet().stream()
        .map(
            column -> {
              String name = Tables.quoted(column.getValue().name());
              String type = column.getValue().type();
              String own = part.get(column.getKey());
              return type.equals(own)
                  ? name
                  : "CAST(" + (own == null ? "NULL" : name) + " AS " + type + ") AS " + name;
            })
        .collect(Collectors.joining(", "));
  }

  private static String without(Segment segment) {
    if (segment.without().isEmpty()) {
      return "";
    }
    return segment.without().stream()
        .sorted()
        .map(Tables::text)
        .collect(Collectors.joining(", ", " WHERE archive NOT IN (", ")"));
  }
}
