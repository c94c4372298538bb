package io.packhouse.server.flight.sql;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Status;
import io.packhouse.server.access.Caller;
import io.packhouse.server.sql.SqlQueries;
import io.packhouse.sql.SqlLimits;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Answers what is asked about the tables. Which tables there are is asked by SQL, as the caller, so
 * nothing is told of what it may not see. Thread-safe.
 */
final class Metadata {
  /** Where the tables are, as DuckDB calls it. */
  static final String CATALOG = "memory";

  static final String SCHEMA = "main";

  private static final String TABLE = "TABLE";
  private static final String VIEW = "VIEW";

  /** What the documentation calls views; that all others are some too is nobody's concern. */
  private static final Set<String> VIEWS = Set.of("duplicates", "licenses");

  private static final String TABLES =
      "SELECT table_name FROM information_schema.tables WHERE table_catalog = '"
          + CATALOG
          + "' AND table_schema = '"
          + SCHEMA
          + "' ORDER BY table_name";

  /** There are a dozen, and one for each type of packages. */
  private static final SqlLimits LIMITS = new SqlLimits(Duration.ofSeconds(30), 10_000, 4 << 20);

  private static final long MAX_MEMORY = 16L << 20;

  private final SqlQueries queries;
  private final BufferAllocator allocator;
  private final SqlInfos infos;

  Metadata(SqlQueries queries, BufferAllocator allocator, String version) {
    this.queries = queries;
    this.allocator = allocator;
    this.infos = new SqlInfos(version);
  }

  /** The schema of what a command gives; null if it is none of those answered here. */
  static @Nullable Schema schema(Message command) {
    return switch (command) {
      case CommandGetSqlInfo _ -> Schemas.GET_SQL_INFO_SCHEMA;
      case CommandGetCatalogs _ -> Schemas.GET_CATALOGS_SCHEMA;
      case CommandGetDbSchemas _ -> Schemas.GET_SCHEMAS_SCHEMA;
      case CommandGetTables tables ->
          tables.getIncludeSchema()
              ? Schemas.GET_TABLES_SCHEMA
              : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
      case CommandGetTableTypes _ -> Schemas.GET_TABLE_TYPES_SCHEMA;
      case CommandGetPrimaryKeys _ -> Schemas.GET_PRIMARY_KEYS_SCHEMA;
      case CommandGetImportedKeys _ -> Schemas.GET_IMPORTED_KEYS_SCHEMA;
      case CommandGetExportedKeys _ -> Schemas.GET_EXPORTED_KEYS_SCHEMA;
      case CommandGetCrossReference _ -> Schemas.GET_CROSS_REFERENCE_SCHEMA;
      case CommandGetXdbcTypeInfo _ -> Schemas.GET_TYPE_INFO_SCHEMA;
      default -> null;
    };
  }

  /** What a command gives. */
  List<FlightData> messages(Message command, Caller caller) throws IOException {
    Schema schema = schema(command);
    if (schema == null) {
      throw new IllegalArgumentException("no command about tables: " + command.getClass());
    }
    return Rows.messages(schema, rows(command, caller), allocator);
  }

  private List<List<@Nullable Object>> rows(Message command, Caller caller) throws IOException {
    return switch (command) {
      case CommandGetSqlInfo info -> infos.rows(info.getInfoList());
      case CommandGetCatalogs _ -> List.of(Rows.row(CATALOG));
      case CommandGetDbSchemas schemas ->
          isOurs(
                  schemas.hasCatalog() ? schemas.getCatalog() : null,
                  schemas.hasDbSchemaFilterPattern() ? schemas.getDbSchemaFilterPattern() : null)
              ? List.of(Rows.row(CATALOG, SCHEMA))
              : List.of();
      case CommandGetTables tables -> tables(tables, caller);
      case CommandGetTableTypes _ -> List.of(Rows.row(TABLE), Rows.row(VIEW));
      case CommandGetXdbcTypeInfo types ->
          TypeInfos.rows(types.hasDataType() ? types.getDataType() : null);
      // Tables have no keys.
      default -> List.of();
    };
  }

  private static boolean isOurs(@Nullable String catalog, @Nullable String schemaPattern) {
    return (catalog == null || catalog.equals(CATALOG))
        && pattern("db_schema_filter_pattern", schemaPattern).matches(SCHEMA);
  }

  private static LikePattern pattern(String field, @Nullable String like) {
    return like == null ? LikePattern.any() : LikePattern.of(field, like);
  }

  private List<List<@Nullable Object>> tables(CommandGetTables wanted, Caller caller)
      throws IOException {
    if (!isOurs(
        wanted.hasCatalog() ? wanted.getCatalog() : null,
        wanted.hasDbSchemaFilterPattern() ? wanted.getDbSchemaFilterPattern() : null)) {
      return List.of();
    }
    LikePattern names =
        pattern(
            "table_name_filter_pattern",
            wanted.hasTableNameFilterPattern() ? wanted.getTableNameFilterPattern() : null);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String table : names(caller)) {
      String type = VIEWS.contains(table) ? VIEW : TABLE;
      if (names.matches(table)
          && (wanted.getTableTypesCount() == 0 || wanted.getTableTypesList().contains(type))) {
        if (wanted.getIncludeSchema()) {
          String quoted = table.replace("\"", "\"\"");
          byte[] columns =
              queries.plan(caller, "SELECT * FROM \"" + quoted + '"', Context.current()).columns();
          rows.add(Rows.row(CATALOG, SCHEMA, table, type, columns));
        } else {
          rows.add(Rows.row(CATALOG, SCHEMA, table, type));
        }
      }
    }
    return rows;
  }

  /** The names of all tables. */
  private List<String> names(Caller caller) throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream result = queries.run(caller, TABLES, new byte[0], LIMITS, Context.current());
        BufferAllocator own = allocator.newChildAllocator("tables", 0, MAX_MEMORY);
        ArrowStreamReader reader = new ArrowStreamReader(result, own)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      FieldVector column = root.getVector(0);
      while (reader.loadNextBatch()) {
        if (names.size() + root.getRowCount() > LIMITS.rows()) {
          throw Status.INTERNAL.withDescription("there are too many tables").asRuntimeException();
        }
        for (int row = 0; row < root.getRowCount(); row++) {
          names.add(String.valueOf(column.getObject(row)));
        }
      }
    }
    return names;
  }
}
