package io.packhouse.server;

import io.grpc.BindableService;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.threads.Pulse;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.grpc.ArchiveGrpc;
import io.packhouse.server.grpc.OperationsGrpc;
import io.packhouse.server.grpc.WatchGrpc;
import io.packhouse.server.job.JobListener;
import io.packhouse.server.job.Operations;
import io.packhouse.server.roots.Roots;
import io.packhouse.server.systemd.Watchdog;
import io.packhouse.v1.GetStatsResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Jobs, what starts and watches them, and their memory; owns the operations. */
final class JobPart implements Part {
  private final Operations operations;
  private final Roots roots;
  private final PackResources resources;
  private final WatchGrpc watch;
  private final List<BindableService> services;

  JobPart(Operations operations, ArchiveGrpc archives, Roots roots, PackResources resources) {
    this.operations = operations;
    this.roots = roots;
    this.resources = resources;
    this.watch = new WatchGrpc(operations);
    this.services = List.of(archives, new OperationsGrpc(operations), watch);
  }

  @Override
  public List<BindableService> services() {
    return services;
  }

  /**
   * A thread of packs does a little, and those that are in the midst of their work get on: threads
   * are made as they are needed, so that a free one alone would say nothing of the others.
   */
  @Override
  public Optional<Watchdog.Trial> trial() {
    return Optional.of(
        new Watchdog.Trial(
            "a packing worker",
            () -> {
              Pulse.Beat before = resources.pulse().look();
              Watchdog.Attempt little = Watchdog.Attempt.of(resources.tryWorker());
              return () -> little.hasPassed() && !resources.pulse().look().isStuck(before);
            }));
  }

  @Override
  public void stopAdmission() {
    operations.stopAdmission();
  }

  @Override
  public long underWay() {
    Operations.Counts counts = operations.counts();
    return (long) counts.running() + counts.waiting();
  }

  @Override
  public void cancel() {
    try {
      operations.drain(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void addStats(GetStatsResponse.Builder stats) {
    Operations.Counts counts = operations.counts();
    stats
        .getJobsBuilder()
        .setRunning(counts.running())
        .setQueued(counts.waiting())
        .setQueueLimit(operations.settings().queueLength())
        .setSucceeded(counts.succeeded())
        .setFailed(counts.failed())
        .setCancelled(counts.cancelled())
        .setRefused(counts.refused())
        .setOperations(counts.known());
    stats
        .getMemoryBuilder()
        .setLimitBytes(operations.settings().memoryBytes())
        .setPoolBytes(resources.keptBytes() + resources.lentBytes())
        .setPoolUsedBytes(resources.lentBytes());
  }

  @Override
  public void onJobEnd(JobListener listener) {
    operations.addListener(listener);
  }

  @Override
  public Set<String> reload(Configuration configuration) {
    roots.use(configuration.roots().values());
    return Set.of("roots");
  }

  @Override
  public void close() {
    operations.close();
    watch.close();
    resources.close();
  }
}
