package io.packhouse.server;

import com.google.protobuf.util.Durations;
import io.grpc.BindableService;
import io.packhouse.server.sql.CatalogQueries;
import io.packhouse.server.sql.QueryCounts;
import io.packhouse.v1.GetStatsResponse;
import java.util.List;

/** SQL over the catalog; what asks it are the flights. */
final class SqlPart implements Part {
  private final CatalogQueries queries;

  SqlPart(CatalogQueries queries) {
    this.queries = queries;
  }

  @Override
  public List<BindableService> services() {
    return List.of();
  }

  @Override
  public void addStats(GetStatsResponse.Builder stats) {
    QueryCounts counts = queries.counts();
    stats
        .getSqlBuilder()
        .setArchives(queries.ready())
        .setUnready(queries.unready())
        .setCacheBytes(queries.cacheBytes())
        .setProcesses(queries.processes())
        .setRunning(queries.running())
        .setWaiting(queries.waiting())
        .setDone(counts.doneCount())
        .setStopped(counts.stoppedCount())
        .setFailed(counts.failedCount())
        .setRefused(counts.refusedCount())
        .setQueryTime(Durations.fromNanos(counts.time().toNanos()))
        .setSegments(queries.segments());
  }

  @Override
  public void cancel() {
    queries.close();
  }

  @Override
  public void close() {
    queries.close();
  }
}
