package io.packhouse.client.command;

import io.packhouse.client.output.StandardOutput;
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
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

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
   * @param output the file for Parquet, or {@code -}
   */
  void run(String sql, List<Path> archives, String output, boolean force) throws IOException {
    run(
        session,
        options,
        archives,
        engine -> {
          if (format == QueryCommand.Format.PARQUET) {
            new ExportOutput(session, output, force).copy(engine.writeParquet(sql, limits));
          } else {
            try (InputStream result = engine.query(sql, limits)) {
              write(result);
            }
          }
        });
  }

  static void run(Session session, SqlOptions options, List<Path> archives, Work work)
      throws IOException {
    try (SqlEngine engine = SqlEngine.start(options)) {
      session.onInterrupt(() -> close(session, engine));
      Set<String> names = new HashSet<>();
      for (Path archive : archives) {
        String name = name(archive);
        engine.load(names.add(name) ? name : archive.toString(), archive);
      }
      work.run(engine);
    } catch (SqlException e) {
      throw new Failure(exitCode(e), String.valueOf(e.getMessage()), e);
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
      case ARCHIVE -> ExitCode.INPUT;
      case DAMAGED -> ExitCode.DAMAGED;
      case CANCELLED, CLOSED -> ExitCode.INTERRUPTED;
      case TABLES, INTERNAL -> ExitCode.INTERNAL;
    };
  }

  private void write(InputStream result) throws IOException {
    StandardOutput out = session.streams().out();
    if (format == QueryCommand.Format.ARROW) {
      result.transferTo(out);
      out.flush();
      return;
    }
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(result, allocator)) {
      VectorSchemaRoot rows = reader.getVectorSchemaRoot();
      try (QueryOutput output = output(rows, out)) {
        while (reader.loadNextBatch()) {
          for (int row = 0; row < rows.getRowCount(); row++) {
            output.row(row);
          }
        }
        output.finish();
      }
    }
  }

  private QueryOutput output(VectorSchemaRoot rows, StandardOutput out) throws IOException {
    return switch (format) {
      case TABLE -> new QueryTable(rows, out.newWriter(), session.streams().outIsTerminal());
      case CSV -> new QueryCsv(rows, out.newWriter());
      case JSON, ARROW, PARQUET -> new QueryJson(rows, out);
    };
  }
}
