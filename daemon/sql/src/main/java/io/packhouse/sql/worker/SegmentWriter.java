package io.packhouse.sql.worker;

import io.packhouse.sql.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBConnection;

/**
 * Makes a segment, of archives or of other segments. Until it is finished its file has another
 * name; not finished, it is removed.
 */
final class SegmentWriter implements AutoCloseable {
  private static final String UNFINISHED = ".unfinished";

  private final Path file;
  private final Path unfinished;
  private final DuckDBConnection connection;
  private final Tables tables;

  private SegmentWriter(Path file, Path unfinished, DuckDBConnection connection, Tables tables) {
    this.file = file;
    this.unfinished = unfinished;
    this.connection = connection;
    this.tables = tables;
  }

  static SegmentWriter create(Limits limits, Path file, BufferAllocator allocator)
      throws SQLException, IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    Files.deleteIfExists(unfinished);
    DuckDBConnection connection = limits.open(unfinished.toString());
    return new SegmentWriter(file, unfinished, connection, new Tables(connection, allocator));
  }

  /** Makes the tables, for archives. */
  void begin() throws SQLException, IOException {
    // In the end, once, and not whenever archives of a few megabytes were added.
    execute("SET checkpoint_threshold = '1TB'");
    execute(Database.script("tables.sql"));
    connection.setAutoCommit(false);
    tables.look();
  }

  /** Adds the rows of an archive; all of them, or where it fails none. */
  void load(String name, String label, Path archive, String id) throws SQLException, IOException {
    try {
      tables.load(name, label, archive, id);
      connection.commit();
    } catch (SQLException | IOException | RuntimeException e) {
      try {
        connection.rollback();
        tables.look();
      } catch (SQLException nothing) {
        // Where the disk is full there is no transaction any more.
        e.addSuppressed(nothing);
      }
      throw e;
    }
  }

  /** Makes the tables of what segments have, for no archives. */
  void merge(List<Segment> segments) throws SQLException {
    execute("CREATE SCHEMA " + SegmentUnion.SCHEMA);
    Map<String, String> selects = SegmentUnion.attach(connection, segments).selects();
    for (Map.Entry<String, String> table : selects.entrySet()) {
      String name = SegmentUnion.SCHEMA + "." + Tables.quoted(table.getKey());
      execute("CREATE TABLE " + name + " AS " + table.getValue());
    }
  }

  /** The tables are whole: gives the file its name. */
  void finish() throws SQLException, IOException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
    connection.close();
    Files.move(unfinished, file);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException, IOException {
    connection.close();
    Files.deleteIfExists(unfinished);
    Files.deleteIfExists(unfinished.resolveSibling(unfinished.getFileName() + ".wal"));
  }
}
