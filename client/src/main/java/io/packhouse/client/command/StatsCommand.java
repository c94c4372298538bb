package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.v1.CatalogStats;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import io.packhouse.v1.JobStats;
import io.packhouse.v1.MemoryStats;
import io.packhouse.v1.SqlStats;
import java.io.IOException;
import java.io.Writer;
import java.util.TreeMap;

/** Tells what a daemon has and does. */
final class StatsCommand extends Subcommand {
  private final RemoteOptions remote = new RemoteOptions();

  StatsCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description("Tell what a daemon has and does: memory, jobs, catalog, calls.")
        .exitCodes(ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, ExitCode.DAEMON_TEXT)
        .footer("%nExamples:", "  packhouse stats", "  packhouse stats --json | jq .jobs_running");
    remote.describeRequired(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    GetStatsRequest request = GetStatsRequest.getDefaultInstance();
    GetStatsResponse stats =
        Remote.with(
            remote, session(), client -> client.retrying(() -> client.admin().getStats(request)));
    if (common.json) {
      try (Json json = newJson()) {
        write(json, stats);
      }
    } else {
      try (Writer out = newText()) {
        write(out, stats);
      }
    }
    return ExitCode.OK;
  }

  private static void write(Writer out, GetStatsResponse stats) throws IOException {
    MemoryStats memory = stats.getMemory();
    JobStats jobs = stats.getJobs();
    CatalogStats catalog = stats.getCatalog();
    out.write("packhoused " + Failures.oneLine(stats.getVersion()));
    out.write(", since " + Remote.text(stats.getStartTime()));
    out.write(stats.getDraining() ? ", draining\n" : "\n");
    out.write(
        "  memory      "
            + (memory.hasResidentBytes() ? bytes(memory.getResidentBytes()) + " resident, " : "")
            + bytes(memory.getHeapBytes())
            + " heap, "
            + bytes(memory.getCacheBytes())
            + " of indices, "
            + bytes(memory.getPoolUsedBytes())
            + " of "
            + bytes(memory.getPoolBytes())
            + " for packs in use, "
            + bytes(memory.getLimitBytes())
            + " at most for jobs\n");
    out.write(
        "  jobs        "
            + Numbers.count(jobs.getRunning())
            + " running, "
            + Numbers.count(jobs.getQueued())
            + " of "
            + Numbers.count(jobs.getQueueLimit())
            + " waiting; "
            + Numbers.count(jobs.getSucceeded())
            + " succeeded, "
            + Numbers.count(jobs.getFailed())
            + " failed, "
            + Numbers.count(jobs.getCancelled())
            + " cancelled, "
            + Numbers.count(jobs.getRefused())
            + " refused\n");
    out.write(
        "  catalog     "
            + Numbers.count(catalog.getArchives(), "archive")
            + ", "
            + Numbers.count(catalog.getUnreadable())
            + " unreadable, "
            + Numbers.count(catalog.getOpen())
            + " open\n");
    SqlStats sql = stats.getSql();
    out.write(
        "  sql         "
            + Numbers.count(sql.getArchives(), "archive")
            + ", "
            + Numbers.count(sql.getUnready())
            + " not ready, "
            + bytes(sql.getCacheBytes())
            + " of tables, "
            + Numbers.count(sql.getProcesses(), "worker")
            + ", "
            + Numbers.count(sql.getRunning(), "query")
            + " running, "
            + Numbers.count(sql.getWaiting())
            + " waiting\n");
    out.write("  calls       " + Numbers.count(stats.getCallsActive()) + " under way");
    for (var code : new TreeMap<>(stats.getCallsEndedMap()).entrySet()) {
      out.write(", " + Numbers.count(code.getValue()) + " " + code.getKey());
    }
    out.write("\n");
  }

  private static String bytes(long bytes) {
    return Numbers.bytes(Math.max(0, bytes));
  }

  private static void write(Json json, GetStatsResponse stats) throws IOException {
    MemoryStats memory = stats.getMemory();
    JobStats jobs = stats.getJobs();
    CatalogStats catalog = stats.getCatalog();
    SqlStats sql = stats.getSql();
    json.begin()
        .text("version", stats.getVersion())
        .time("started", Remote.nanos(stats.getStartTime()))
        .flag("draining", stats.getDraining())
        .number("memory_limit_bytes", memory.getLimitBytes())
        .number("cache_bytes", memory.getCacheBytes())
        .number("pool_bytes", memory.getPoolBytes())
        .number("pool_used_bytes", memory.getPoolUsedBytes())
        .number("heap_bytes", memory.getHeapBytes())
        .numberIfRecorded(
            "resident_bytes", memory.hasResidentBytes() ? memory.getResidentBytes() : -1)
        .number("jobs_running", jobs.getRunning())
        .number("jobs_queued", jobs.getQueued())
        .number("jobs_queue_limit", jobs.getQueueLimit())
        .number("jobs_succeeded", jobs.getSucceeded())
        .number("jobs_failed", jobs.getFailed())
        .number("jobs_cancelled", jobs.getCancelled())
        .number("jobs_refused", jobs.getRefused())
        .number("operations", jobs.getOperations())
        .number("sql_archives", sql.getArchives())
        .number("sql_unready", sql.getUnready())
        .number("sql_cache_bytes", sql.getCacheBytes())
        .number("sql_processes", sql.getProcesses())
        .number("sql_running", sql.getRunning())
        .number("sql_waiting", sql.getWaiting())
        .number("sql_done", sql.getDone())
        .number("sql_stopped", sql.getStopped())
        .number("sql_failed", sql.getFailed())
        .number("sql_refused", sql.getRefused())
        .seconds("sql_seconds", Remote.nanos(sql.getQueryTime()))
        .number("sql_segments", sql.getSegments())
        .number("archives", catalog.getArchives())
        .number("archives_unreadable", catalog.getUnreadable())
        .number("archives_open", catalog.getOpen())
        .number("folders", catalog.getFolders())
        .number("cache_hits", catalog.getCacheHits())
        .number("cache_misses", catalog.getCacheMisses())
        .number("connections", stats.getConnections())
        .number("calls_active", stats.getCallsActive())
        .value("calls_ended", new TreeMap<>(stats.getCallsEndedMap()))
        .end();
  }
}
