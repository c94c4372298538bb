package io.packhouse.server.flight.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.Searchable;
import org.apache.arrow.flight.sql.impl.FlightSql.XdbcDataType;
import org.apache.arrow.flight.sql.impl.FlightSql.XdbcDatetimeSubcode;
import org.jspecify.annotations.Nullable;

/** The types that columns have, as {@code GET_TYPE_INFO_SCHEMA} has them. */
final class TypeInfos {
  /** DuckDB's most of a DECIMAL. */
  private static final int MAX_DECIMAL = 38;

  /** By number, as ODBC wants them. */
  private static final List<List<@Nullable Object>> ROWS =
      List.of(
          number("BOOLEAN", XdbcDataType.XDBC_BIT, 1, null),
          number("TINYINT", XdbcDataType.XDBC_TINYINT, 3, 0),
          number("BIGINT", XdbcDataType.XDBC_BIGINT, 19, 0),
          text("BLOB", XdbcDataType.XDBC_VARBINARY, "'", "'::BLOB", Searchable.SEARCHABLE_BASIC),
          number("DECIMAL", XdbcDataType.XDBC_DECIMAL, MAX_DECIMAL, MAX_DECIMAL),
          number("INTEGER", XdbcDataType.XDBC_INTEGER, 10, 0),
          number("SMALLINT", XdbcDataType.XDBC_SMALLINT, 5, 0),
          number("FLOAT", XdbcDataType.XDBC_REAL, 24, null),
          number("DOUBLE", XdbcDataType.XDBC_DOUBLE, 53, null),
          text("VARCHAR", XdbcDataType.XDBC_VARCHAR, "'", "'", Searchable.SEARCHABLE_FULL),
          time("DATE", XdbcDataType.XDBC_DATE, 10, XdbcDatetimeSubcode.XDBC_SUBCODE_DATE),
          time(
              "TIMESTAMP",
              XdbcDataType.XDBC_TIMESTAMP,
              26,
              XdbcDatetimeSubcode.XDBC_SUBCODE_TIMESTAMP));

  private TypeInfos() {}

  /** The types of a number of XDBC; all, if that is null. */
  static List<List<@Nullable Object>> rows(@Nullable Integer dataType) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<@Nullable Object> row : ROWS) {
      if (dataType == null || dataType.equals(row.get(1))) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<@Nullable Object> number(
      String name, XdbcDataType type, int size, @Nullable Integer maxScale) {
    boolean isDecimal = type == XdbcDataType.XDBC_DECIMAL;
    boolean isBinary =
        type == XdbcDataType.XDBC_REAL
            || type == XdbcDataType.XDBC_DOUBLE
            || type == XdbcDataType.XDBC_BIT;
    return row(
        name,
        type,
        size,
        null,
        null,
        isDecimal ? List.of("precision", "scale") : null,
        false,
        Searchable.SEARCHABLE_BASIC,
        false,
        maxScale == null ? null : 0,
        maxScale,
        null,
        isBinary ? 2 : 10);
  }

  private static List<@Nullable Object> text(
      String name, XdbcDataType type, String prefix, String suffix, Searchable searchable) {
    return row(
        name,
        type,
        Integer.MAX_VALUE,
        prefix,
        suffix,
        null,
        searchable == Searchable.SEARCHABLE_FULL,
        searchable,
        null,
        null,
        null,
        null,
        null);
  }

  private static List<@Nullable Object> time(
      String name, XdbcDataType type, int size, XdbcDatetimeSubcode subcode) {
    return row(
        name,
        type,
        size,
        name + " '",
        "'",
        null,
        false,
        Searchable.SEARCHABLE_BASIC,
        null,
        null,
        null,
        subcode.getNumber(),
        null);
  }

  private static List<@Nullable Object> row(
      String name,
      XdbcDataType type,
      int size,
      @Nullable String prefix,
      @Nullable String suffix,
      @Nullable List<String> createParameters,
      boolean caseSensitive,
      Searchable searchable,
      @Nullable Boolean unsigned,
      @Nullable Integer minScale,
      @Nullable Integer maxScale,
      @Nullable Integer subcode,
      @Nullable Integer radix) {
    boolean isTime = subcode != null;
    return Rows.row(
        name,
        type.getNumber(),
        size,
        prefix,
        suffix,
        createParameters,
        FlightSql.Nullable.NULLABILITY_NULLABLE.getNumber(),
        caseSensitive,
        searchable.getNumber(),
        unsigned,
        false,
        unsigned == null ? null : false,
        name,
        minScale,
        maxScale,
        isTime ? XdbcDataType.XDBC_DATETIME.getNumber() : type.getNumber(),
        subcode,
        radix,
        null);
  }
}
