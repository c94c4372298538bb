package io.packhouse.server.sql;

import io.grpc.Context;
import io.grpc.Deadline;
import io.packhouse.server.access.Caller;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.sql.PrivateFolder;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.StatementPlan;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * SQL over the archives of a catalog. Tables are made in the background; archives whose tables are
 * not there yet are in {@code unready_archives}.
 */
public final class CatalogQueries implements SqlQueries, Closeable {
  /** A segment may be replaced by another while a process is about to open it. */
  private static final int ATTEMPTS = 4;

  private static final Duration MOST_PATIENCE = Duration.ofSeconds(10);

  private final TableCache cache;
  private final TableLoader loader;
  private final QueryPool pool;
  private final Duration time;

  private CatalogQueries(TableCache cache, TableLoader loader, QueryPool pool, Duration time) {
    this.cache = cache;
    this.loader = loader;
    this.pool = pool;
    this.time = time;
  }

  /**
   * Begins to make tables.
   *
   * @param folder of the tables and of temporary files; what is in it is ours to remove
   * @throws IOException if it cannot be used
   */
  public static CatalogQueries start(DirectoryCatalog catalog, SqlSettings settings, Path folder)
      throws IOException {
    SegmentFolder segments = SegmentFolder.at(folder.resolve("tables"));
    Path temporary = folder.resolve("temporary");
    PrivateFolder.delete(temporary);
    Files.createDirectories(temporary);
    TableCache cache = new TableCache(segments, settings.cacheBytes());
    QueryPool pool = new QueryPool(temporary, settings);
    TableLoader loader =
        new TableLoader(
            catalog, cache, segments, temporary, settings.options().inBackground(), pool::endIdle);
    loader.start();
    return new CatalogQueries(cache, loader, pool, settings.time());
  }

  @Override
  public StatementPlan plan(Caller caller, String sql, Context call) throws IOException {
    try (QueryPool.Lease lease = lease(caller, MOST_PATIENCE, call)) {
      return lease.process().plan(sql, time, call::isCancelled);
    } catch (SqlException e) {
      throw call.isCancelled() ? QueryPool.ended(call) : e;
    }
  }

  @Override
  public InputStream run(
      Caller caller, String sql, byte[] parameters, SqlLimits limits, Context call)
      throws IOException {
    SqlLimits most = until(limits, call);
    Duration patience = most.time().compareTo(MOST_PATIENCE) < 0 ? most.time() : MOST_PATIENCE;
    QueryPool.Lease lease = lease(caller, patience, call);
    try {
      return LeasedResult.begin(
          lease.process().query(sql, parameters, until(limits, call)), lease, call);
    } catch (IOException | RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /** The same limits, with no more time than the call has. */
  private static SqlLimits until(SqlLimits limits, Context call) {
    Deadline deadline = call.getDeadline();
    if (deadline == null) {
      return limits;
    }
    long left = Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS));
    return left >= limits.time().toMillis()
        ? limits
        : new SqlLimits(Duration.ofMillis(left), limits.rows(), limits.bytes());
  }

  private QueryPool.Lease lease(Caller caller, Duration patience, Context call)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      View view = cache.view(caller::seesFolder);
      try {
        return pool.acquire(caller.id(), view, patience, call);
      } catch (SqlException e) {
        boolean changed = !view.segments().equals(cache.view(caller::seesFolder).segments());
        if (call.isCancelled() || e.reason() == Reason.CLOSED || attempt == ATTEMPTS || !changed) {
          throw e;
        }
      }
    }
  }

  /** Archives whose tables are there. */
  public int ready() {
    return cache.ready();
  }

  /** Archives whose tables are not there. */
  public int unready() {
    return cache.unready();
  }

  /** Bytes of the tables on disk. */
  public long cacheBytes() {
    return cache.bytes();
  }

  /** Processes that answer, or are ready to. */
  public int processes() {
    return pool.processes();
  }

  /** Queries under way. */
  public int running() {
    return pool.running();
  }

  /** Queries that wait. */
  public int waiting() {
    return pool.waiting();
  }

  /** Ends queries and loading. */
  @Override
  public void close() {
    pool.close();
    loader.close();
  }
}
