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
  private static final int ATTEMPTS = 4;

  private static final Duration MOST_PATIENCE = Duration.ofSeconds(10);

  private final TableCache cache;
  private final TableLoader loader;
  private final QueryPool pool;
  private final Duration time;
  private final QueryCounts counts = new QueryCounts();

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

  /** What is done with a process. */
  private interface Work<T> {
    T with(QueryPool.Lease lease, View view) throws IOException;
  }

  @Override
  public StatementPlan plan(Caller caller, String sql, Context call) throws IOException {
    try {
      return lease(
          caller,
          MOST_PATIENCE,
          call,
          (lease, _) -> {
            try (lease) {
              return lease.process().plan(sql, time, call::isCancelled);
            }
          });
    } catch (IOException e) {
      counts.ended(e);
      throw e;
    }
  }

  @Override
  public InputStream run(
      Caller caller, String sql, byte[] parameters, SqlLimits limits, Context call)
      throws IOException {
    Duration most = until(limits, call).time();
    try {
      return lease(
          caller,
          most.compareTo(MOST_PATIENCE) < 0 ? most : MOST_PATIENCE,
          call,
          (lease, view) -> {
            long start = System.nanoTime();
            return new CountedResult(
                LeasedResult.begin(
                    () -> lease.process().query(sql, parameters, until(limits, call)),
                    lease,
                    call,
                    e -> explain(e, view)),
                counts,
                start);
          });
    } catch (IOException e) {
      counts.ended(e);
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

  /**
   * Has a process do something, and another where the first cannot read its tables: a segment may
   * be replaced while a process is about to open it, or be damaged.
   *
   * @param work closes the lease, now or later
   */
  private <T> T lease(Caller caller, Duration patience, Context call, Work<T> work)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      View view = cache.view(caller::seesFolder);
      try {
        return work.with(pool.acquire(caller.id(), view, patience, call), view);
      } catch (SqlException e) {
        if (call.isCancelled()) {
          throw QueryPool.ended(call);
        }
        SqlException why = isCurrent(view, caller) ? explain(e, view) : e;
        if (e.reason() != Reason.TABLES || attempt == ATTEMPTS || isCurrent(view, caller)) {
          throw why;
        }
      }
    }
  }

  private boolean isCurrent(View view, Caller caller) {
    return view.segments().equals(cache.view(caller::seesFolder).segments());
  }

  /** What to say of a failure; where tables cannot be read, those that are damaged go. */
  private SqlException explain(SqlException e, View view) {
    if (e.reason() != Reason.TABLES) {
      return e;
    }
    // A statement can bring out a bug as often as it likes, but not say that a file is damaged.
    String message = String.valueOf(e.getMessage());
    boolean suspected = message.contains("INTERNAL Error") || message.contains("FATAL Error");
    if (cache.discardDamaged(view, suspected)) {
      loader.wake();
      return new SqlException(
          Reason.TABLES,
          "tables of some archives were damaged, and are made again: ask again;"
              + " unready_archives tells which are not there yet",
          e);
    }
    return new SqlException(Reason.INTERNAL, message, e);
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

  /** Files that the tables are in. */
  public int segments() {
    return cache.segmentCount();
  }

  /** How queries have ended. */
  public QueryCounts counts() {
    return counts;
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
