package io.packhouse.sql.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Admits one SELECT that reads the tables and nothing else. DuckDB's own parser says what the text
 * is, so comments and quotes hide nothing; of what it may contain, that which only reads rows is
 * named here and the rest refused. DuckDB is locked down besides: this is the first of two doors,
 * and the one whose messages help.
 */
final class StatementCheck {
  /** INSERT and the like may stand in a WITH. */
  private static final Set<String> NODES =
      Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");

  private static final Set<String> TABLE_FUNCTIONS =
      Set.of(
          "range",
          "generate_series",
          "unnest",
          "repeat",
          "repeat_row",
          "json_each",
          "json_tree",
          "regexp_split_to_table",
          "histogram",
          "histogram_values",
          "changes",
          "vulnerable_candidates");

  /** They tell of the process, change it, or wait. */
  private static final Pattern FUNCTIONS =
      Pattern.compile(
          "getenv|current_setting|getvariable|setseed|nextval|currval|write_log|stats|pg_sleep"
              + "|sleep_ms|current_quer(y|y_id)|current_connection_id|inet_.*|pg_postmaster.*"
              + "|pg_conf_.*|get_block_size|json_(de)?serialize_(sql|plan)"
              + "|json_execute_serialized_sql|.*scan.*|read_.*|write_.*|query|query_table|glob_.*"
              + "|parse_duckdb_log_message|file_.*|add_parquet_key");

  private static final Pattern SYSTEM_TABLES =
      Pattern.compile("(duckdb_|pg_|pragma_|sqlite_|tpch|tpcds).*");

  private static final Set<String> SCHEMAS = Set.of("", "main", "information_schema");

  /** The views are in the database of the connection; segments are others. */
  private static final Set<String> CATALOGS = Set.of("", "memory");

  private final ObjectMapper mapper = new ObjectMapper();

  /**
   * Checks a statement.
   *
   * @return the same as DuckDB would write it, which can be put in parentheses
   * @throws SqlException if it is not one SELECT, or has something in it that is not allowed
   */
  String check(Connection connection, String sql) throws SQLException, SqlException {
    if (sql.length() > SqlLimits.MAX_STATEMENT_LENGTH) {
      throw refused(
          "a statement has at most "
              + SqlLimits.MAX_STATEMENT_LENGTH
              + " characters, this "
              + sql.length());
    }
    String parsed = call(connection, "SELECT json_serialize_sql(?)", sql);
    JsonNode tree;
    try {
      tree = mapper.readTree(parsed);
    } catch (JsonProcessingException e) {
      throw new SqlException(Reason.STATEMENT, "the statement is nested too deeply", e);
    }
    if (tree.path("error").asBoolean()) {
      throw refused(
          tree.path("error_type").asText().equals("not implemented")
              ? "only SELECT is allowed"
              : tree.path("error_message").asText());
    }
    if (tree.path("statements").size() != 1) {
      throw refused(
          "one statement at a time: there are " + tree.path("statements").size() + " in this");
    }
    check(tree);
    return call(connection, "SELECT json_deserialize_sql(CAST(? AS JSON))", parsed);
  }

  /**
   * The same statement, with parameters of which nothing tells the type as texts: DuckDB says of a
   * result that depends on them less than it has.
   *
   * @param sql that was checked
   * @param wanted the numbers of those parameters
   */
  String withTexts(Connection connection, String sql, Set<Integer> wanted)
      throws SQLException, SqlException {
    try {
      JsonNode tree = mapper.readTree(call(connection, "SELECT json_serialize_sql(?)", sql));
      castParameters(tree, wanted);
      return call(connection, "SELECT json_deserialize_sql(CAST(? AS JSON))", tree.toString());
    } catch (JsonProcessingException e) {
      throw new SqlException(Reason.STATEMENT, "the statement is nested too deeply", e);
    }
  }

  private static void castParameters(JsonNode node, Set<Integer> wanted) {
    if (node instanceof ObjectNode object) {
      String identifier = object.path("identifier").asText();
      if (object.path("class").asText().equals("PARAMETER")
          && identifier.matches("\\d{1,5}")
          && wanted.contains(Integer.valueOf(identifier))) {
        ObjectNode parameter = object.deepCopy();
        parameter.put("alias", "");
        String alias = object.path("alias").asText();
        object.removeAll();
        object.put("class", "CAST").put("type", "OPERATOR_CAST").put("alias", alias);
        object.put("query_location", 0).put("try_cast", false);
        object.putObject("cast_type").put("id", "VARCHAR").putNull("type_info");
        object.set("child", parameter);
        return;
      }
    }
    for (JsonNode child : node) {
      castParameters(child, wanted);
    }
  }

  private static String call(Connection connection, String function, String argument)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(function)) {
      statement.setString(1, argument);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getString(1);
      }
    }
  }

  private static void check(JsonNode node) throws SqlException {
    if (node.isObject()) {
      String type = node.path("type").asText();
      if (type.endsWith("_NODE") && !NODES.contains(type)) {
        throw refused("only SELECT is allowed, in WITH too");
      }
      switch (type) {
        case "TABLE_FUNCTION" -> checkTableFunction(node.path("function"));
        case "BASE_TABLE" -> checkTable(node);
        case "SHOW_REF" -> checkShow(node);
        default -> {
          if (node.path("class").asText().equals("FUNCTION")) {
            checkFunction(node);
          }
        }
      }
    }
    for (JsonNode child : node) {
      check(child);
    }
  }

  private static void checkTableFunction(JsonNode function) throws SqlException {
    String name = lower(function, "function_name");
    if (!TABLE_FUNCTIONS.contains(name)) {
      throw refused("the table function " + name + " is not allowed");
    }
  }

  private static void checkFunction(JsonNode function) throws SqlException {
    String name = lower(function, "function_name");
    if (FUNCTIONS.matcher(name).matches()) {
      throw refused("the function " + name + " is not allowed");
    }
  }

  private static void checkTable(JsonNode table) throws SqlException {
    String name = lower(table, "table_name");
    String schema = lower(table, "schema_name");
    String catalog = lower(table, "catalog_name");
    if (SYSTEM_TABLES.matcher(name).matches()
        || !SCHEMAS.contains(schema)
        || !CATALOGS.contains(catalog)) {
      throw refused(
          "the table "
              + (schema.isEmpty() ? "" : schema + ".")
              + name
              + " is not allowed; SHOW TABLES tells of those that are");
    }
  }

  /**
   * DESCRIBE and SUMMARIZE have a query inside, which is checked as all are. SHOW of a name would
   * tell of settings too.
   */
  private static void checkShow(JsonNode show) throws SqlException {
    if (!show.path("query").isObject()
        && !lower(show, "table_name").replace("\"", "").equals("tables")) {
      throw refused("of SHOW, only SHOW TABLES is allowed; DESCRIBE tells of a table's columns");
    }
  }

  private static String lower(JsonNode node, String field) {
    return node.path(field).asText("").toLowerCase(Locale.ROOT);
  }

  private static SqlException refused(String message) {
    return new SqlException(Reason.STATEMENT, message);
  }
}
