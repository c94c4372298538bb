package io.packhouse.sql;

import io.packhouse.sql.SqlException.Reason;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Answers SQL over archives: first all archives are loaded, then queries are answered, one at a
 * time. Safe for concurrent use; a second query waits for the first.
 *
 * <p>A query that is beyond its limits fails, and where its process does not end it in time, that
 * is ended and the next query has another.
 */
public final class SqlEngine implements Closeable {
  private static final byte[] NO_PARAMETERS = {};

  private final SqlOptions options;
  private final Path folder;
  private final Path segment;
  private boolean loading;
  private boolean opened;
  private @Nullable SqlProcess process;

  /** Held by the query that is under way. */
  private final Semaphore turn = new Semaphore(1);

  /** Guarded by itself: whoever closes does not wait for a query. */
  private final Object closing = new Object();

  private boolean closed;

  private SqlEngine(SqlOptions options, Path folder) {
    this.options = options;
    this.folder = folder;
    this.segment = folder.resolve("tables.duckdb");
  }

  /** Starts an engine without archives; its process may still be on its way. */
  public static SqlEngine start(SqlOptions options) throws IOException {
    SqlEngine engine = new SqlEngine(options, PrivateFolder.create(null, "packhouse-sql-"));
    try {
      engine.process();
      return engine;
    } catch (IOException e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Makes the tables of an archive.
   *
   * @param name in the column {@code archive}
   * @throws SqlException if it cannot be read, is damaged, or is too large for the memory; the
   *     others can be asked none the less, unless the reason is that
   */
  public synchronized void load(String name, Path archive) throws IOException {
    if (opened) {
      throw new IllegalStateException("archives must be loaded before the first query");
    }
    SqlProcess current = process();
    if (!loading) {
      current.create(segment);
      loading = true;
    }
    current.load(name, archive.toString(), archive, "");
  }

  /**
   * Runs a query.
   *
   * @return its result as an Arrow IPC stream, which fails with {@link SqlException} where the
   *     query does. Until it is closed no other query runs; closed before its end, it cancels the
   *     query
   * @throws SqlException if the engine was closed, or its process cannot be started
   */
  public InputStream query(String sql, SqlLimits limits) throws IOException {
    takeTurn();
    try {
      return new Turn(opened().query(sql, NO_PARAMETERS, limits));
    } catch (IOException | RuntimeException e) {
      turn.release();
      throw e;
    }
  }

  /**
   * Runs a query and writes its result as Parquet.
   *
   * @return the file, which is the caller's until the next call or {@link #close}
   * @throws SqlException if the query fails, the engine was closed, or its process cannot be
   *     started
   */
  public Path writeParquet(String sql, SqlLimits limits) throws IOException {
    takeTurn();
    try {
      Path file = Files.createDirectories(folder.resolve("written")).resolve("result.parquet");
      Files.deleteIfExists(file);
      try (InputStream nothing = opened().write(sql, file, limits)) {
        nothing.skip(Long.MAX_VALUE);
      }
      return file;
    } finally {
      turn.release();
    }
  }

  private void takeTurn() throws SqlException {
    try {
      turn.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SqlException(Reason.CLOSED, "interrupted while another query runs", e);
    }
  }

  private synchronized SqlProcess opened() throws IOException {
    SqlProcess current = process();
    if (!opened) {
      if (loading) {
        current.finish();
      }
      current.open(segments(), List.of());
      opened = true;
    }
    return current;
  }

  private List<Segment> segments() {
    return Files.exists(segment) ? List.of(Segment.of(segment)) : List.of();
  }

  private SqlProcess process() throws IOException {
    synchronized (closing) {
      if (closed) {
        throw new SqlException(Reason.CLOSED, "the SQL engine is closed");
      }
      SqlProcess current = process;
      if (current == null || !current.isUsable()) {
        if (current != null) {
          current.close();
          if (loading && !opened) {
            throw new SqlException(Reason.INTERNAL, "the tables were lost with their process");
          }
        }
        current = SqlProcess.start(PrivateFolder.create(folder, "worker-"), folder, options);
        process = current;
        if (opened) {
          current.open(segments(), List.of());
        }
      }
      return current;
    }
  }

  /** The process's id, for who wants to see that it is gone; -1 where there is none. */
  long workerPid() {
    synchronized (closing) {
      return process == null ? -1 : process.pid();
    }
  }

  /** Where tables and temporary files are. */
  Path folder() {
    return folder;
  }

  /** Ends the process, and a query with it, and removes the tables. */
  @Override
  public void close() throws IOException {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
      if (process != null) {
        process.close();
      }
      PrivateFolder.delete(folder);
    }
  }

  /** A result that lets the next query begin when it is closed. */
  private final class Turn extends FilterInputStream {
    private boolean over;

    Turn(InputStream result) {
      super(result);
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        if (!over) {
          over = true;
          turn.release();
        }
      }
    }
  }
}
