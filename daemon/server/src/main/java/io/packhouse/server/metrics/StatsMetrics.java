package io.packhouse.server.metrics;

import com.google.protobuf.util.Durations;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.packhouse.v1.GetStatsResponse;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The daemon's figures, as {@code GetStats} has them, taken once for each look. Thread-safe. */
final class StatsMetrics {
  private static final String BYTES = "bytes";

  private final MeterRegistry registry;
  private final Supplier<GetStatsResponse> source;
  private volatile GetStatsResponse latest = GetStatsResponse.getDefaultInstance();

  StatsMetrics(MeterRegistry registry, Supplier<GetStatsResponse> source) {
    this.registry = registry;
    this.source = source;
    ofDaemon();
    ofMemory();
    ofJobs();
    ofCatalog();
    ofSql();
  }

  /** Takes the figures of now. */
  void refresh() {
    latest = source.get();
  }

  private void gauge(
      String name, String unit, String description, ToDoubleFunction<GetStatsResponse> value) {
    Gauge.builder(name, this, stats -> value.applyAsDouble(stats.latest))
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<GetStatsResponse> value) {
    gauge(name, "", description, value);
  }

  private void counter(
      String name,
      String description,
      String label,
      String labelValue,
      ToDoubleFunction<GetStatsResponse> value) {
    FunctionCounter.Builder<StatsMetrics> builder =
        FunctionCounter.builder(name, this, stats -> value.applyAsDouble(stats.latest))
            .description(description);
    (label.isEmpty() ? builder : builder.tag(label, labelValue)).register(registry);
  }

  private void ofDaemon() {
    gauge("packhouse.draining", "1 while it takes no more work", s -> s.getDraining() ? 1 : 0);
    gauge("packhouse.calls.active", "Calls under way", GetStatsResponse::getCallsActive);
    gauge("packhouse.connections", "Connections", GetStatsResponse::getConnections);
  }

  private void ofMemory() {
    gauge(
        "packhouse.memory.limit",
        BYTES,
        "Most that running jobs take together",
        s -> s.getMemory().getLimitBytes());
    gauge(
        "packhouse.memory.pool",
        BYTES,
        "Slots and contexts of packs, in use or kept for the next",
        s -> s.getMemory().getPoolBytes());
    gauge(
        "packhouse.memory.pool.used",
        BYTES,
        "Slots and contexts of packs, in use",
        s -> s.getMemory().getPoolUsedBytes());
    gauge(
        "packhouse.memory.cache",
        BYTES,
        "Decoded contents and columns that are kept",
        s -> s.getMemory().getCacheBytes());
    gauge(
        "packhouse.memory.read.buffers",
        BYTES,
        "Buffers that archives are read and decoded into",
        s -> s.getMemory().getReadBufferBytes());
    gauge(
        "packhouse.memory.direct",
        BYTES,
        "What connections hold outside of the heap",
        s -> s.getMemory().getDirectBytes());
    gauge(
        "packhouse.memory.resident",
        BYTES,
        "Resident memory of the process",
        s -> s.getMemory().hasResidentBytes() ? s.getMemory().getResidentBytes() : Double.NaN);
  }

  private void ofJobs() {
    gauge("packhouse.jobs.running", "Jobs under way", s -> s.getJobs().getRunning());
    gauge("packhouse.jobs.waiting", "Jobs that wait for memory", s -> s.getJobs().getQueued());
    gauge(
        "packhouse.jobs.waiting.limit",
        "Most jobs that may wait",
        s -> s.getJobs().getQueueLimit());
    counter(
        "packhouse.jobs.refused",
        "Jobs that were refused, for want of room",
        "",
        "",
        s -> s.getJobs().getRefused());
    gauge("packhouse.operations", "Operations that are known", s -> s.getJobs().getOperations());
  }

  private void ofCatalog() {
    gauge("packhouse.catalog.folders", "Folders", s -> s.getCatalog().getFolders());
    gauge("packhouse.catalog.archives", "Archives", s -> s.getCatalog().getArchives());
    gauge(
        "packhouse.catalog.archives.unreadable",
        "Files that should be archives and cannot be read",
        s -> s.getCatalog().getUnreadable());
    gauge("packhouse.catalog.archives.open", "Open archives", s -> s.getCatalog().getOpen());
    gauge(
        "packhouse.catalog.leases",
        "Reads and jobs that have one",
        s -> s.getCatalog().getLeases());
    String description = "Parts of archives that were asked for: in memory, or to be decoded";
    counter(
        "packhouse.cache.requests",
        description,
        "result",
        "hit",
        s -> s.getCatalog().getCacheHits());
    counter(
        "packhouse.cache.requests",
        description,
        "result",
        "miss",
        s -> s.getCatalog().getCacheMisses());
  }

  private void ofSql() {
    gauge(
        "packhouse.sql.archives", "Archives whose tables are ready", s -> s.getSql().getArchives());
    gauge(
        "packhouse.sql.archives.unready",
        "Archives whose tables are not ready",
        s -> s.getSql().getUnready());
    gauge("packhouse.sql.tables", BYTES, "Tables on disk", s -> s.getSql().getCacheBytes());
    gauge("packhouse.sql.segments", "Files of tables", s -> s.getSql().getSegments());
    gauge("packhouse.sql.processes", "Processes that answer", s -> s.getSql().getProcesses());
    gauge("packhouse.sql.queries.running", "Queries under way", s -> s.getSql().getRunning());
    gauge("packhouse.sql.queries.waiting", "Queries that wait", s -> s.getSql().getWaiting());
    String description = "Queries that have ended";
    String name = "packhouse.sql.queries";
    counter(name, description, "outcome", "done", s -> s.getSql().getDone());
    counter(name, description, "outcome", "stopped", s -> s.getSql().getStopped());
    counter(name, description, "outcome", "failed", s -> s.getSql().getFailed());
    counter(name, description, "outcome", "refused", s -> s.getSql().getRefused());
    FunctionCounter.builder(
            "packhouse.sql.query",
            this,
            stats -> Durations.toNanos(stats.latest.getSql().getQueryTime()) / 1e9)
        .description("Time that queries had a process")
        .baseUnit("seconds")
        .register(registry);
  }
}
