package io.packhouse.sql.worker;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ArchiveSummary;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.engine.read.StoredIndex;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.duckdb.DuckDBConnection;

/**
 * Fills the tables of a segment, one archive after the other. An index is read once for each of its
 * tables, with what batches and columns that needs: all of them in a table in between would take
 * hundreds of megabytes, since DuckDB has buffers for each column.
 */
final class Tables {
  /** A registered stream is scanned once. */
  private static final String STREAM = "archive_stream";

  /** Columns with the names that FORMAT.md gives, where they are there in the tables as such. */
  private static final Map<String, String> ENTRY_COLUMNS = new LinkedHashMap<>();

  static {
    for (String name :
        List.of("path", "path_raw", "type", "status", "error", "size", "mode", "mtime")) {
      ENTRY_COLUMNS.put(name, quoted(name));
    }
    ENTRY_COLUMNS.put("mtime", "CAST(mtime AS TIMESTAMP)");
    ENTRY_COLUMNS.put("uid", "uid");
    ENTRY_COLUMNS.put("gid", "gid");
    // USER and GROUP mean something else in SQL.
    ENTRY_COLUMNS.put("user_name", "\"user\"");
    ENTRY_COLUMNS.put("group_name", "\"group\"");
    for (String name :
        List.of("link_target", "link_target_raw", "device_major", "device_minor", "xattrs")) {
      ENTRY_COLUMNS.put(name, quoted(name));
    }
  }

  private static final List<String> DIGESTS = List.of("blake3", "sha1", "sha256", "sha512");

  private static final List<String> PACKAGE_COLUMNS =
      List.of(
          "path",
          "repository",
          "purl",
          "package_type",
          "namespace",
          "name",
          "version",
          "license",
          "licenses_declared",
          "authors",
          "description",
          "homepage",
          "vcs_url",
          "parent_path",
          "parent_purl",
          "extract_status",
          "extract_error");

  /** What tables of one type's packages have besides what is the type's own. */
  private static final List<String> COMMON_COLUMNS =
      List.of(
          "path",
          "repository",
          "purl",
          "namespace",
          "name",
          "version",
          "license",
          "parent_path",
          "parent_purl");

  private static final String DEPENDENCIES =
      "path, purl AS package_purl, package_type, ordinal, d.purl AS purl, d.name AS name,"
          + " d.requirement AS requirement, d.scope AS scope, d.optional AS optional"
          + " FROM (SELECT path, purl, package_type, unnest(dependencies) AS d,"
          + " generate_subscripts(dependencies, 1) - 1 AS ordinal FROM "
          + STREAM
          + ")";

  private static final String EXTENTS =
      "path, ordinal, e.blob AS blob, e.\"offset\" AS \"offset\", e.length AS length"
          + " FROM (SELECT path, unnest(extents) AS e,"
          + " generate_subscripts(extents, 1) - 1 AS ordinal FROM "
          + STREAM
          + ")";

  private static final String BLOBS =
      "row_number() OVER () - 1 AS blob, \"offset\", stored_length, decoded_length, codec,"
          + " lower(hex(blake3)) AS blake3 FROM "
          + STREAM;

  /** The columns of the tables so far, in lower case. */
  private final Map<String, Set<String>> tables = new HashMap<>();

  /** Selects from streams of some schema whose columns the tables have. */
  private final Set<String> shapes = new HashSet<>();

  private final DuckDBConnection connection;
  private final BufferAllocator allocator;

  Tables(DuckDBConnection connection, BufferAllocator allocator) {
    this.connection = connection;
    this.allocator = allocator;
  }

  /** Looks at the tables that are there. */
  void look() throws SQLException {
    tables.clear();
    shapes.clear();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT table_name, lower(column_name) FROM duckdb_columns()"
                    + " WHERE schema_name = 'stored' AND database_name = current_database()")) {
      while (rows.next()) {
        tables.computeIfAbsent(rows.getString(1), _ -> new HashSet<>()).add(rows.getString(2));
      }
    }
  }

  /**
   * Adds the rows of an archive.
   *
   * @param label for the column {@code path} of {@code archives}
   * @param id that the archive must have; any, if empty
   */
  void load(String name, String label, Path path, String id) throws SQLException, IOException {
    ReaderOptions options = ReaderOptions.DEFAULT.withCacheBytes(0);
    try (ArchiveReader reader = ArchiveReader.open(path, options)) {
      if (!id.isEmpty() && !id.equals(reader.id())) {
        throw new SqlException(Reason.ARCHIVE, label + " was replaced: it is not " + id);
      }
      StoredIndex index = StoredIndex.of(reader);
      List<Field> columns = ArchiveBatches.schema(index).getFields();
      addEntries(name, index, columns);
      long packages = addPackages(name, index);
      for (Field column : columns) {
        if (column.getType() instanceof ArrowType.Struct) {
          addPackagesOf(name, index, column);
        }
      }
      add(
          "dependencies",
          name,
          index,
          packages(index),
          Set.of("path", "purl", "package_type", "dependencies"),
          DEPENDENCIES);
      add("extents", name, index, index.batches(), Set.of("path", "extents"), EXTENTS);
      addSummary(name, label, path, reader.summary(), packages);
      try (ArchiveBatches batches = ArchiveBatches.ofBlobs(allocator, index)) {
        add("blobs", name, batches, BLOBS);
      }
    }
  }

  private void addEntries(String name, StoredIndex index, List<Field> columns)
      throws SQLException, IOException {
    Set<String> present = columns.stream().map(Field::getName).collect(Collectors.toSet());
    Set<String> needed = new HashSet<>(ENTRY_COLUMNS.keySet());
    needed.addAll(DIGESTS);
    Collections.addAll(
        needed, "user", "group", "repository", "purl", "package_type", "parent_path", "extents");
    StringBuilder select = new StringBuilder();
    ENTRY_COLUMNS.forEach(
        (column, expression) -> select.append(expression + " AS " + quoted(column) + ", "));
    for (String digest : DIGESTS) {
      String value = present.contains(digest) ? "lower(hex(" + digest + "))" : "NULL::VARCHAR";
      select.append(value + " AS " + digest + ", ");
    }
    add(
        "entries",
        name,
        index,
        index.batches(),
        needed,
        select
            + "repository, purl, package_type, parent_path, len(extents) AS extent_count FROM "
            + STREAM);
  }

  private static List<DirectoryRow> packages(StoredIndex index) {
    return index.batches().stream().filter(row -> row.packageType() != null).toList();
  }

  private long addPackages(String name, StoredIndex index) throws SQLException, IOException {
    List<String> columns = new ArrayList<>(List.of("type", "published", "dependencies"));
    columns.addAll(PACKAGE_COLUMNS);
    return add(
        "packages",
        name,
        index,
        packages(index),
        Set.copyOf(columns),
        String.join(", ", PACKAGE_COLUMNS)
            + ", CAST(published AS TIMESTAMP) AS published, type = 'nested' AS nested,"
            + " len(dependencies) AS dependency_count FROM "
            + STREAM);
  }

  /** The columns of a type's own, flat, beside some that all types have. */
  private void addPackagesOf(String name, StoredIndex index, Field type)
      throws SQLException, IOException {
    Set<String> needed = new HashSet<>(COMMON_COLUMNS);
    needed.add(type.getName());
    String column = quoted(type.getName());
    StringBuilder select = new StringBuilder(String.join(", ", COMMON_COLUMNS));
    // To DuckDB names that differ in case are the same.
    Set<String> taken = new HashSet<>(COMMON_COLUMNS);
    taken.add("archive");
    for (Field field : type.getChildren()) {
      String own = field.getName();
      String label = taken.add(lower(own)) ? own : type.getName() + "_" + own;
      if (!label.equals(own) && !taken.add(lower(label))) {
        continue;
      }
      String value = column + "." + quoted(own);
      boolean time = field.getType() instanceof ArrowType.Timestamp;
      select.append(", " + (time ? "CAST(" + value + " AS TIMESTAMP)" : value) + " AS ");
      select.append(quoted(label));
    }
    List<DirectoryRow> batches =
        index.batches().stream().filter(row -> type.getName().equals(row.packageType())).toList();
    if (!batches.isEmpty()) {
      add(
          type.getName() + "_packages",
          name,
          index,
          batches,
          needed,
          select + " FROM " + STREAM + " WHERE " + column + " IS NOT NULL");
    }
  }

  private long add(
      String table,
      String name,
      StoredIndex index,
      List<DirectoryRow> batches,
      Set<String> columns,
      String select)
      throws SQLException, IOException {
    try (ArchiveBatches rows = ArchiveBatches.ofIndex(allocator, index, batches, columns)) {
      return add(table, name, rows, select);
    }
  }

  /** Adds the rows of a stream, with the archive's name before the rest of their columns. */
  private long add(String table, String name, ArchiveBatches rows, String select)
      throws SQLException, IOException {
    try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      Data.exportArrayStream(allocator, rows, stream);
      connection.registerArrowStream(STREAM, stream);
      // Asked for each archive it would be a tenth of all work.
      String shape = table + select + rows.getVectorSchemaRoot().getSchema();
      if (shapes.add(shape)) {
        addColumns(table, "SELECT '' AS archive, " + select);
      }
      long added = add(table, "SELECT " + text(name) + " AS archive, " + select);
      execute("DROP VIEW IF EXISTS " + STREAM);
      return added;
    } catch (SQLException e) {
      rows.rethrow();
      throw e;
    }
  }

  private void addSummary(
      String name, String label, Path path, ArchiveSummary summary, long packages)
      throws SQLException, IOException {
    LocalDateTime modified =
        LocalDateTime.ofInstant(Files.getLastModifiedTime(path).toInstant(), ZoneOffset.UTC);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO stored.archives VALUES"
                + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      List<Object> values = new ArrayList<>();
      values.addAll(
          List.of(name, label, summary.id(), summary.formatVersion(), summary.producer()));
      values.add(Timestamp.valueOf(modified));
      values.add(options(summary.options()));
      for (long number :
          new long[] {
            summary.length(),
            summary.rows(),
            summary.files(),
            summary.directories(),
            summary.symlinks(),
            summary.hardlinks(),
            summary.specials(),
            summary.nested(),
            summary.failed(),
            summary.bytes()
          }) {
        values.add(number);
      }
      values.add(packages);
      values.add(summary.blobs());
      values.add(summary.storedBytes());
      values.add(summary.decodedBytes());
      values.add(summary.indexBytes());
      for (int i = 0; i < values.size(); i++) {
        insert.setObject(i + 1, values.get(i));
      }
      insert.execute();
    }
  }

  private static String options(Map<String, String> options) {
    return options.entrySet().stream()
        .map(option -> option.getKey() + "=" + option.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Gives a table the columns of a select that it has not yet. */
  private void addColumns(String table, String select) throws SQLException {
    String target = SegmentUnion.SCHEMA + "." + quoted(table);
    Set<String> present = tables.computeIfAbsent(table, _ -> new HashSet<>());
    Map<String, String> further = columns(select);
    further.keySet().removeIf(column -> present.contains(lower(column)));
    if (present.isEmpty()) {
      execute("CREATE TABLE " + target + " (" + definitions(further) + ")");
    } else {
      for (Map.Entry<String, String> column : further.entrySet()) {
        execute("ALTER TABLE " + target + " ADD COLUMN " + definitions(Map.ofEntries(column)));
      }
    }
    further.keySet().forEach(column -> present.add(lower(column)));
  }

  private long add(String table, String select) throws SQLException {
    String target = SegmentUnion.SCHEMA + "." + quoted(table);
    try (Statement statement = connection.createStatement()) {
      return statement.executeLargeUpdate("INSERT INTO " + target + " BY NAME " + select);
    }
  }

  private static String definitions(Map<String, String> columns) {
    return columns.entrySet().stream()
        .map(column -> quoted(column.getKey()) + " " + column.getValue())
        .collect(Collectors.joining(", "));
  }

  private Map<String, String> columns(String select) throws SQLException {
    Map<String, String> columns = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("DESCRIBE " + select)) {
      while (rows.next()) {
        columns.put(rows.getString("column_name"), rows.getString("column_type"));
      }
    }
    return columns;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** A name as SQL has it. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A text as SQL has it. */
  static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
