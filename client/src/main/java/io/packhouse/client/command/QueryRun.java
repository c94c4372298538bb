package io.packhouse.client.command;

import io.packhouse.client.sbom.NoRoomException;
import io.packhouse.sql.SqlEngine;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.SqlOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A query, from the archives to the last row. */
final class QueryRun {
  private static final String SUFFIX = ".pkh";

  private final Session session;
  private final QueryCommand.Format format;
  private final SqlLimits limits;
  private final SqlOptions options;

  QueryRun(Session session, QueryCommand.Format format, long seconds, long memory, long rows) {
    this.session = session;
    this.format = format;
    this.limits = new SqlLimits(Duration.ofSeconds(seconds), rows, Long.MAX_VALUE);
    this.options = SqlOptions.DEFAULT.withMemoryBytes(memory);
  }

  /** Works with an engine that has the archives. */
  interface Work {
    void run(SqlEngine engine) throws IOException;
  }

  /**
   * Answers a query.
   *
   * @param output for Parquet
   */
  void run(String sql, List<Path> archives, @Nullable ExportOutput output) throws IOException {
    run(
        session,
        options,
        archives,
        engine -> {
          if (output != null) {
            output.copy(engine.writeParquet(sql, limits));
          } else {
            try (InputStream result = engine.query(sql, limits)) {
              new QueryResult(session, format).write(result);
            }
          }
        });
  }

  static void run(Session session, SqlOptions options, List<Path> archives, Work work)
      throws IOException {
    try (SqlEngine engine = SqlEngine.start(options)) {
      session.onInterrupt(() -> close(session, engine));
      for (Path archive : archives) {
        Archives.open(archive).close();
      }
      Set<String> names = new HashSet<>();
      for (Path archive : archives) {
        String name = name(archive);
        engine.load(names.add(name) ? name : archive.toString(), archive);
      }
      work.run(engine);
    } catch (SqlException e) {
      String message = String.valueOf(e.getMessage());
      if (e.reason() == SqlException.Reason.DISK) {
        message += NoRoomException.advice();
      }
      throw new Failure(exitCode(e), message, e);
    }
  }

  private static void close(Session session, SqlEngine engine) {
    try {
      engine.close();
    } catch (IOException e) {
      session.warn("cannot clean up: " + e.getMessage());
    }
  }

  /** What an archive is called in the column {@code archive}. */
  static String name(Path archive) {
    String file = String.valueOf(archive.getFileName());
    return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
  }

  private static int exitCode(SqlException e) {
    return switch (e.reason()) {
      case STATEMENT -> ExitCode.USAGE;
      case LIMIT, TIME, MEMORY -> ExitCode.LIMIT;
      case DISK -> ExitCode.OUTPUT;
      case ARCHIVE -> ExitCode.INPUT;
      case DAMAGED -> ExitCode.DAMAGED;
      case CANCELLED, CLOSED -> ExitCode.INTERRUPTED;
      case TABLES, INTERNAL -> ExitCode.INTERNAL;
    };
  }
}
