package io.packhouse.sql.worker;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/**
 * What a worker may use.
 *
 * @param folder of its temporary files
 * @param memoryBytes of the whole process
 * @param diskBytes of temporary files
 * @param threads of a query
 */
record Limits(Path folder, long memoryBytes, long diskBytes, int threads) {
  /** What the JVM takes of the process's memory: heap, code, DuckDB's own code, buffers. */
  private static final long BESIDE_DUCKDB = 224L << 20;

  /** Opens a database within them: a file, or with an empty name one in memory. */
  DuckDBConnection open(String file) throws SQLException {
    Properties properties = new Properties();
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
}
