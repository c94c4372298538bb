package io.packhouse.sql;

import io.packhouse.sql.SqlException.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Answers SQL over archives: first all archives are loaded, then queries are answered, one at a
 * time. Safe for concurrent use; a second query waits for the first.
 *
 * <p>A query that is beyond its limits fails, and where its worker does not end it in time, that is
 * ended and the next query has another.
 */
public final class SqlEngine implements Closeable {
  private final SqlOptions options;
  private final Path folder;
  private boolean loaded;
  private boolean sealed;
  private @Nullable Worker worker;

  /** Guarded by itself: whoever closes does not wait for a query. */
  private final Object closing = new Object();

  private boolean closed;

  private SqlEngine(SqlOptions options, Path folder) {
    this.options = options;
    this.folder = folder;
  }

  /** Starts an engine without archives. */
  public static SqlEngine start(SqlOptions options) throws IOException {
    return new SqlEngine(options, PrivateFolder.create());
  }

  /**
   * Makes the tables of an archive.
   *
   * @param name in the column {@code archive}
   * @throws SqlException if it cannot be read, is damaged, or is too large for the worker's memory;
   *     the engine is good for nothing then
   */
  public synchronized void load(String name, Path archive) throws IOException {
    if (sealed) {
      throw new IllegalStateException("archives must be loaded before the first query");
    }
    loaded = true;
    Worker current = worker();
    current.send(Frames.Kind.LOAD, new long[0], name, archive.toString());
    current.awaitDone("loading " + archive);
  }

  /**
   * Runs a query.
   *
   * @return its result as an Arrow IPC stream, which fails with {@link SqlException} where the
   *     query does. Until it is closed no other query runs; closed before its end, it cancels the
   *     query
   * @throws SqlException if the engine was closed, or its worker cannot be started
   */
  public synchronized InputStream query(String sql, SqlLimits limits) throws IOException {
    if (!sealed) {
      Worker current = worker();
      current.send(Frames.Kind.SEAL, new long[0]);
      current.awaitDone("finishing the tables");
      sealed = true;
    }
    return worker().query(sql, limits);
  }

  private Worker worker() throws IOException {
    synchronized (closing) {
      if (closed) {
        throw new SqlException(Reason.CLOSED, "the SQL engine is closed");
      }
      Worker current = worker;
      if (current == null || !current.isUsable()) {
        if (current != null) {
          current.close();
          if (loaded && !sealed) {
            throw new SqlException(Reason.INTERNAL, "the tables were lost with their worker");
          }
        }
        current = Worker.start(folder, options);
        worker = current;
      }
      return current;
    }
  }

  /** The worker's process id, for who wants to see that it is gone; -1 where there is none. */
  long workerPid() {
    synchronized (closing) {
      return worker == null ? -1 : worker.pid();
    }
  }

  /** Where tables and temporary files are. */
  Path folder() {
    return folder;
  }

  /** Ends the worker, and a query with it, and removes the tables. */
  @Override
  public void close() throws IOException {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
      if (worker != null) {
        worker.close();
      }
      PrivateFolder.delete(folder);
    }
  }
}
