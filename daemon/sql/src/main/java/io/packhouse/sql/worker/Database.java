package io.packhouse.sql.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The tables' file: written while archives are loaded, and then read only, by a DuckDB that is
 * locked down.
 */
final class Database implements AutoCloseable {
  /** What the JVM takes of the process's memory: heap, code, DuckDB's own code, buffers. */
  private static final long BESIDE_DUCKDB = 224L << 20;

  private static final String FINISHED = "tables.duckdb";
  private static final String UNFINISHED = "unfinished.duckdb";

  private final Path folder;
  private final long memoryBytes;
  private final long diskBytes;
  private final int threads;
  private DuckDBConnection connection;
  private @Nullable DuckDBConnection streaming;
  private boolean sealed;

  Database(Path folder, long memoryBytes, long diskBytes, int threads) throws SQLException {
    this.folder = folder;
    this.memoryBytes = memoryBytes;
    this.diskBytes = diskBytes;
    this.threads = threads;
    sealed = Files.exists(folder.resolve(FINISHED));
    connection = sealed ? openSealed() : open(folder.resolve(UNFINISHED), new Properties());
  }

  /** Whose results are whole before the first row is seen. */
  DuckDBConnection connection() {
    return connection;
  }

  /** Whose results come as they are made. What is wrong with a query it cannot tell. */
  DuckDBConnection streaming() {
    return Objects.requireNonNull(streaming, "not sealed yet");
  }

  boolean isSealed() {
    return sealed;
  }

  /** The tables are whole: from now on they are read only. */
  void seal(Tables tables) throws SQLException, IOException {
    tables.finish();
    connection.close();
    Files.move(folder.resolve(UNFINISHED), folder.resolve(FINISHED));
    connection = openSealed();
    sealed = true;
  }

  private DuckDBConnection openSealed() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("access_mode", "READ_ONLY");
    DuckDBConnection opened = open(folder.resolve(FINISHED), properties);
    DuckDBConnection second = opened.duplicate();
    try (Statement session = second.createStatement();
        Statement statement = opened.createStatement()) {
      session.execute("SET SESSION jdbc_stream_results = true");
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
    } catch (SQLException e) {
      second.close();
      opened.close();
      throw e;
    }
    streaming = second;
    return opened;
  }

  private DuckDBConnection open(Path file, Properties properties) throws SQLException {
    long memory = Math.max(64L << 20, (memoryBytes - BESIDE_DUCKDB) / 10 * 8);
    properties.setProperty("memory_limit", (memory >> 20) + "MiB");
    properties.setProperty("temp_directory", folder.resolve("spill").toString());
    properties.setProperty("max_temp_directory_size", (diskBytes >> 20) + "MiB");
    properties.setProperty("threads", String.valueOf(threads));
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("allow_community_extensions", "false");
    properties.setProperty("allow_unredacted_secrets", "false");
    return (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file, properties);
  }

  @Override
  public void close() throws SQLException {
    if (streaming != null) {
      streaming.close();
    }
    connection.close();
  }
}
