package io.packhouse.sql.worker;

import io.packhouse.sql.SqlException;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A statement that was checked.
 *
 * @param sql the same, with columns of types that not every client reads as text or numbers
 * @param columns of its result
 * @param parameters in the order of the statement
 */
record PlannedStatement(String sql, Schema columns, Schema parameters) {

  /** Checks and plans a statement, and runs nothing of it. */
  static PlannedStatement of(Connection connection, StatementCheck check, String sql)
      throws SQLException, SqlException {
    String checked = check.check(connection, sql);
    Set<Integer> unknown;
    try (PreparedStatement statement = connection.prepareStatement(checked)) {
      unknown = unknown(statement.getParameterMetaData());
      if (unknown.isEmpty()) {
        return of(checked, statement);
      }
    }
    checked = check.withTexts(connection, checked, unknown);
    try (PreparedStatement statement = connection.prepareStatement(checked)) {
      return of(checked, statement);
    }
  }

  /** Parameters of which nothing tells the type. */
  private static Set<Integer> unknown(ParameterMetaData parameters) throws SQLException {
    Set<Integer> unknown = new HashSet<>();
    for (int i = 1; i <= parameters.getParameterCount(); i++) {
      if (parameters.getParameterTypeName(i).equals("INVALID")) {
        unknown.add(i);
      }
    }
    return unknown;
  }

  private static PlannedStatement of(String checked, PreparedStatement statement)
      throws SQLException {
    ParameterMetaData wanted = statement.getParameterMetaData();
    List<Field> parameters = new ArrayList<>();
    for (int i = 1; i <= wanted.getParameterCount(); i++) {
      String type = ResultTypes.of(wanted.getParameterTypeName(i));
      parameters.add(ResultTypes.field("parameter_" + i, type));
    }
    ResultSetMetaData columns = statement.getMetaData();
    boolean all = true;
    List<Field> fields = new ArrayList<>();
    List<String> selects = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String type = columns.getColumnTypeName(i);
      String target = ResultTypes.of(type);
      String name = columns.getColumnName(i);
      all &= type.equals(target);
      fields.add(ResultTypes.field(name, target));
      String value = type.equals(target) ? "c" + i : "CAST(c" + i + " AS " + target + ")";
      selects.add(value + " AS " + Tables.quoted(name));
      names.add("c" + i);
    }
    String plain =
        "SELECT %s FROM (%n%s%n) AS q(%s)"
            .formatted(String.join(", ", selects), checked, String.join(", ", names));
    return new PlannedStatement(all ? checked : plain, new Schema(fields), new Schema(parameters));
  }
}
