package io.packhouse.server.flight.sql;

import com.google.protobuf.ProtocolMessageEnum;
import io.packhouse.sql.SqlLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlOuterJoinsSupportLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedGroupBy;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetConcurrency;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetType;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedSubqueries;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedUnions;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportsConvert;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlTransactionIsolationLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedAnsi92SqlGrammarLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedSqlGrammar;
import org.jspecify.annotations.Nullable;

/**
 * What Flight SQL lets clients ask about the SQL here: all values that there are, since drivers
 * take each for granted. By type: texts, flags, counts as Long, choices and sets of choices as
 * Integer, lists, and a map. Immutable.
 */
final class SqlInfos {
  private static final Long NO_LIMIT = 0L;

  private final Map<Integer, Object> values = new TreeMap<>();

  SqlInfos(String version) {
    aboutServer(version);
    aboutNames();
    aboutSyntax();
    aboutTransactions();
    aboutLimits();
  }

  /** Rows of {@code GET_SQL_INFO_SCHEMA}: those of some numbers, of all if there are none. */
  List<List<@Nullable Object>> rows(List<Integer> wanted) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    values.forEach(
        (number, value) -> {
          if (wanted.isEmpty() || wanted.contains(number)) {
            rows.add(Rows.row(number, value));
          }
        });
    return rows;
  }

  private void put(Object value, SqlInfo... infos) {
    for (SqlInfo info : infos) {
      values.put(info.getNumber(), value);
    }
  }

  /** A set of choices: bit n is set for the choice of number n. */
  private static Integer set(ProtocolMessageEnum... choices) {
    int bits = 0;
    for (ProtocolMessageEnum choice : choices) {
      bits |= 1 << choice.getNumber();
    }
    return bits;
  }

  private void aboutServer(String version) {
    put("packhoused", SqlInfo.FLIGHT_SQL_SERVER_NAME);
    put(version, SqlInfo.FLIGHT_SQL_SERVER_VERSION);
    put("1.5.0", SqlInfo.FLIGHT_SQL_SERVER_ARROW_VERSION);
    put(
        true,
        SqlInfo.FLIGHT_SQL_SERVER_READ_ONLY,
        SqlInfo.FLIGHT_SQL_SERVER_SQL,
        SqlInfo.FLIGHT_SQL_SERVER_CANCEL);
    put(
        false,
        SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT,
        SqlInfo.FLIGHT_SQL_SERVER_BULK_INGESTION,
        SqlInfo.FLIGHT_SQL_SERVER_INGEST_TRANSACTIONS_SUPPORTED);
    put(
        "",
        SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT_MIN_VERSION,
        SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT_MAX_VERSION);
    put(
        SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE_VALUE,
        SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION);
    put((int) PreparedStatements.LIFETIME.toMillis(), SqlInfo.FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT);
    put(0, SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION_TIMEOUT);
  }

  private void aboutNames() {
    put(false, SqlInfo.SQL_DDL_CATALOG, SqlInfo.SQL_DDL_SCHEMA, SqlInfo.SQL_DDL_TABLE);
    put(
        SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE_VALUE,
        SqlInfo.SQL_IDENTIFIER_CASE,
        SqlInfo.SQL_QUOTED_IDENTIFIER_CASE);
    put("\"", SqlInfo.SQL_IDENTIFIER_QUOTE_CHAR);
    put(LikePattern.ESCAPE, SqlInfo.SQL_SEARCH_STRING_ESCAPE);
    put("", SqlInfo.SQL_EXTRA_NAME_CHARACTERS);
    put("schema", SqlInfo.SQL_SCHEMA_TERM);
    put("procedure", SqlInfo.SQL_PROCEDURE_TERM);
    put("catalog", SqlInfo.SQL_CATALOG_TERM);
    put(true, SqlInfo.SQL_CATALOG_AT_START, SqlInfo.SQL_ALL_TABLES_ARE_SELECTABLE);
    put(
        set(),
        SqlInfo.SQL_SCHEMAS_SUPPORTED_ACTIONS,
        SqlInfo.SQL_CATALOGS_SUPPORTED_ACTIONS,
        SqlInfo.SQL_SUPPORTED_POSITIONED_COMMANDS);
  }

  private void aboutSyntax() {
    put(SqlNullOrdering.SQL_NULLS_SORTED_AT_END_VALUE, SqlInfo.SQL_NULL_ORDERING);
    put(
        List.of(
            "ANTI",
            "ASOF",
            "COLUMNS",
            "DESCRIBE",
            "EXCLUDE",
            "GLOB",
            "ILIKE",
            "LAMBDA",
            "PIVOT",
            "POSITIONAL",
            "QUALIFY",
            "REPLACE",
            "SEMI",
            "SHOW",
            "SUMMARIZE",
            "TRY_CAST",
            "UNPIVOT"),
        SqlInfo.SQL_KEYWORDS);
    put(
        List.of(
            "abs",
            "ceil",
            "exp",
            "floor",
            "greatest",
            "least",
            "ln",
            "log",
            "log10",
            "log2",
            "mod",
            "pi",
            "pow",
            "random",
            "round",
            "sign",
            "sqrt",
            "trunc"),
        SqlInfo.SQL_NUMERIC_FUNCTIONS);
    put(
        List.of(
            "ascii",
            "chr",
            "concat",
            "contains",
            "ends_with",
            "left",
            "length",
            "lower",
            "lpad",
            "ltrim",
            "purl_name",
            "purl_namespace",
            "purl_type",
            "purl_version",
            "regexp_extract",
            "regexp_matches",
            "regexp_replace",
            "repeat",
            "replace",
            "reverse",
            "right",
            "rpad",
            "rtrim",
            "split_part",
            "starts_with",
            "string_split",
            "substring",
            "trim",
            "upper"),
        SqlInfo.SQL_STRING_FUNCTIONS);
    put(List.of("coalesce", "ifnull", "nullif", "typeof", "version"), SqlInfo.SQL_SYSTEM_FUNCTIONS);
    put(
        List.of(
            "age",
            "current_date",
            "date_diff",
            "date_part",
            "date_trunc",
            "epoch",
            "extract",
            "make_date",
            "make_timestamp",
            "now",
            "strftime",
            "strptime",
            "to_timestamp"),
        SqlInfo.SQL_DATETIME_FUNCTIONS);
    put(conversions(), SqlInfo.SQL_SUPPORTS_CONVERT);
    put(
        true,
        SqlInfo.SQL_SUPPORTS_COLUMN_ALIASING,
        SqlInfo.SQL_NULL_PLUS_NULL_IS_NULL,
        SqlInfo.SQL_SUPPORTS_TABLE_CORRELATION_NAMES,
        SqlInfo.SQL_SUPPORTS_EXPRESSIONS_IN_ORDER_BY,
        SqlInfo.SQL_SUPPORTS_ORDER_BY_UNRELATED,
        SqlInfo.SQL_SUPPORTS_LIKE_ESCAPE_CLAUSE,
        SqlInfo.SQL_CORRELATED_SUBQUERIES_SUPPORTED);
    put(
        false,
        SqlInfo.SQL_SUPPORTS_DIFFERENT_TABLE_CORRELATION_NAMES,
        SqlInfo.SQL_SUPPORTS_NON_NULLABLE_COLUMNS,
        SqlInfo.SQL_SUPPORTS_INTEGRITY_ENHANCEMENT_FACILITY,
        SqlInfo.SQL_SELECT_FOR_UPDATE_SUPPORTED,
        SqlInfo.SQL_STORED_PROCEDURES_SUPPORTED,
        SqlInfo.SQL_STORED_FUNCTIONS_USING_CALL_SYNTAX_SUPPORTED);
    put(
        set(
            SqlSupportedGroupBy.SQL_GROUP_BY_UNRELATED,
            SqlSupportedGroupBy.SQL_GROUP_BY_BEYOND_SELECT),
        SqlInfo.SQL_SUPPORTED_GROUP_BY);
    put(
        set(SupportedSqlGrammar.SQL_MINIMUM_GRAMMAR, SupportedSqlGrammar.SQL_CORE_GRAMMAR),
        SqlInfo.SQL_SUPPORTED_GRAMMAR);
    put(set(SupportedAnsi92SqlGrammarLevel.ANSI92_ENTRY_SQL), SqlInfo.SQL_ANSI92_SUPPORTED_LEVEL);
    put(
        set(
            SqlOuterJoinsSupportLevel.SQL_LIMITED_OUTER_JOINS,
            SqlOuterJoinsSupportLevel.SQL_FULL_OUTER_JOINS),
        SqlInfo.SQL_OUTER_JOINS_SUPPORT_LEVEL);
    put(
        set(
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_COMPARISONS,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_EXISTS,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_INS,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_QUANTIFIEDS),
        SqlInfo.SQL_SUPPORTED_SUBQUERIES);
    put(
        set(SqlSupportedUnions.SQL_UNION, SqlSupportedUnions.SQL_UNION_ALL),
        SqlInfo.SQL_SUPPORTED_UNIONS);
  }

  private static Map<Integer, List<Integer>> conversions() {
    List<Integer> numbersAndTexts =
        List.of(
            SqlSupportsConvert.SQL_CONVERT_BIGINT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_BIT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_CHAR_VALUE,
            SqlSupportsConvert.SQL_CONVERT_DECIMAL_VALUE,
            SqlSupportsConvert.SQL_CONVERT_FLOAT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_INTEGER_VALUE,
            SqlSupportsConvert.SQL_CONVERT_NUMERIC_VALUE,
            SqlSupportsConvert.SQL_CONVERT_REAL_VALUE,
            SqlSupportsConvert.SQL_CONVERT_SMALLINT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_TINYINT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_VARCHAR_VALUE);
    List<Integer> timesAndTexts =
        List.of(
            SqlSupportsConvert.SQL_CONVERT_CHAR_VALUE,
            SqlSupportsConvert.SQL_CONVERT_DATE_VALUE,
            SqlSupportsConvert.SQL_CONVERT_TIMESTAMP_VALUE,
            SqlSupportsConvert.SQL_CONVERT_VARCHAR_VALUE);
    Map<Integer, List<Integer>> from = new TreeMap<>();
    numbersAndTexts.forEach(type -> from.put(type, numbersAndTexts));
    from.put(SqlSupportsConvert.SQL_CONVERT_DATE_VALUE, timesAndTexts);
    from.put(SqlSupportsConvert.SQL_CONVERT_TIMESTAMP_VALUE, timesAndTexts);
    List<Integer> all = new ArrayList<>(numbersAndTexts);
    all.add(SqlSupportsConvert.SQL_CONVERT_DATE_VALUE);
    all.add(SqlSupportsConvert.SQL_CONVERT_TIMESTAMP_VALUE);
    from.put(SqlSupportsConvert.SQL_CONVERT_CHAR_VALUE, all);
    from.put(SqlSupportsConvert.SQL_CONVERT_VARCHAR_VALUE, all);
    return from;
  }

  private void aboutTransactions() {
    put(
        (long) SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE_VALUE,
        SqlInfo.SQL_DEFAULT_TRANSACTION_ISOLATION);
    put(
        set(SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE),
        SqlInfo.SQL_SUPPORTED_TRANSACTIONS_ISOLATION_LEVELS);
    put(
        false,
        SqlInfo.SQL_TRANSACTIONS_SUPPORTED,
        SqlInfo.SQL_DATA_DEFINITION_CAUSES_TRANSACTION_COMMIT,
        SqlInfo.SQL_DATA_DEFINITIONS_IN_TRANSACTIONS_IGNORED,
        SqlInfo.SQL_BATCH_UPDATES_SUPPORTED,
        SqlInfo.SQL_SAVEPOINTS_SUPPORTED,
        SqlInfo.SQL_NAMED_PARAMETERS_SUPPORTED,
        SqlInfo.SQL_LOCATORS_UPDATE_COPY);
    put(
        set(SqlSupportedResultSetType.SQL_RESULT_SET_TYPE_FORWARD_ONLY),
        SqlInfo.SQL_SUPPORTED_RESULT_SET_TYPES);
    put(
        set(SqlSupportedResultSetConcurrency.SQL_RESULT_SET_CONCURRENCY_READ_ONLY),
        SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_FORWARD_ONLY);
    put(
        set(),
        SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_UNSPECIFIED,
        SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_SENSITIVE,
        SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_INSENSITIVE);
  }

  private void aboutLimits() {
    put((long) SqlLimits.MAX_STATEMENT_LENGTH, SqlInfo.SQL_MAX_STATEMENT_LENGTH);
    put((long) MessageStream.MAX_BODY, SqlInfo.SQL_MAX_ROW_SIZE);
    put(true, SqlInfo.SQL_MAX_ROW_SIZE_INCLUDES_BLOBS);
    put(
        NO_LIMIT,
        SqlInfo.SQL_MAX_BINARY_LITERAL_LENGTH,
        SqlInfo.SQL_MAX_CHAR_LITERAL_LENGTH,
        SqlInfo.SQL_MAX_COLUMN_NAME_LENGTH,
        SqlInfo.SQL_MAX_COLUMNS_IN_GROUP_BY,
        SqlInfo.SQL_MAX_COLUMNS_IN_INDEX,
        SqlInfo.SQL_MAX_COLUMNS_IN_ORDER_BY,
        SqlInfo.SQL_MAX_COLUMNS_IN_SELECT,
        SqlInfo.SQL_MAX_COLUMNS_IN_TABLE,
        SqlInfo.SQL_MAX_CONNECTIONS,
        SqlInfo.SQL_MAX_CURSOR_NAME_LENGTH,
        SqlInfo.SQL_MAX_INDEX_LENGTH,
        SqlInfo.SQL_DB_SCHEMA_NAME_LENGTH,
        SqlInfo.SQL_MAX_PROCEDURE_NAME_LENGTH,
        SqlInfo.SQL_MAX_CATALOG_NAME_LENGTH,
        SqlInfo.SQL_MAX_STATEMENTS,
        SqlInfo.SQL_MAX_TABLE_NAME_LENGTH,
        SqlInfo.SQL_MAX_TABLES_IN_SELECT,
        SqlInfo.SQL_MAX_USERNAME_LENGTH);
  }
}
