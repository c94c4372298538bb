package io.packhouse.client.doctor;

import io.packhouse.client.output.Numbers;
import io.packhouse.sql.PrivateFolder;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlOptions;
import io.packhouse.sql.SqlProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Whether a process for queries starts, and answers. */
public final class SqlCheck {
  private static final Duration PLANNING = Duration.ofSeconds(30);

  private SqlCheck() {}

  /**
   * Starts one and ends it.
   *
   * @param memoryBytes that it may have, by the configuration
   */
  public static void run(Findings found, long memoryBytes) throws IOException {
    Path folder = Files.createTempDirectory("packhouse-doctor-");
    SqlOptions options = SqlOptions.DEFAULT.withMemoryBytes(memoryBytes);
    try (SqlProcess process = SqlProcess.start(folder, folder, options)) {
      process.open(List.of(), List.of());
      process.plan("SELECT 1", PLANNING, () -> false);
      found.ok("sql", "a process for queries starts");
    } catch (SqlException e) {
      found.problem(
          "sql",
          "no process for queries: " + e.getMessage(),
          "see that "
              + System.getProperty("java.home")
              + "/bin/java may be run, and that sql.memory ("
              + Numbers.bytes(memoryBytes)
              + ") is to be had");
    } finally {
      PrivateFolder.delete(folder);
    }
  }
}
