package io.packhouse.server;

import io.grpc.Metadata;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.packhouse.server.access.MethodRules;
import io.packhouse.server.access.RefusalListener;
import io.packhouse.server.audit.AuditInterceptor;
import io.packhouse.server.audit.AuditLog;
import io.packhouse.server.audit.AuditSettings;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.metrics.Metrics;
import io.packhouse.server.metrics.MetricsSettings;
import io.packhouse.server.net.CallObserver;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.PageServer;
import io.packhouse.v1.GetStatsResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What watches a daemon: its audit log, and its metrics where they are served. Those are made while
 * the daemon begins, since they take a while; whoever has something for them waits. Thread-safe.
 */
final class Observation implements AutoCloseable {
  private final MethodRules rules;
  private final AuditLog audit;
  private final MetricsSettings settings;
  private final @Nullable CompletableFuture<Metrics> metrics;
  private volatile @Nullable PageServer pages;

  /**
   * Makes ready to watch.
   *
   * @throws IOException if the audit log cannot be written, or a host has no address
   */
  Observation(Configuration configuration, MethodRules rules, Clock clock) throws IOException {
    this.rules = rules;
    settings = configuration.metrics();
    settings.endpoints();
    audit = new AuditLog(configuration.audit(), clock);
    metrics =
        settings.isOn()
            ? CompletableFuture.supplyAsync(
                () -> new Metrics(Version.text(), rules.all().keySet()),
                task -> Thread.ofPlatform().name("packhoused-metrics").daemon().start(task))
            : null;
  }

  /**
   * Watches the jobs of parts too, and listens for who asks for the metrics.
   *
   * @param stats tells the daemon's figures
   * @throws IOException if an address cannot be had
   */
  void begin(List<Part> parts, Supplier<GetStatsResponse> stats) throws IOException {
    parts.forEach(part -> part.onJobEnd(audit));
    if (metrics != null) {
      Metrics made = metrics.join();
      parts.forEach(part -> part.onJobEnd(made.jobs()));
      made.watch(stats);
      pages = PageServer.start(settings.endpoints(), settings.socket(), made);
    }
  }

  CallObserver calls() {
    CompletableFuture<Metrics> counting = metrics;
    return counting == null
        ? (_, _, _) -> {}
        : (method, code, nanos) -> counting.join().calls().ended(method, code, nanos);
  }

  ServerStreamTracer.@Nullable Factory tracers() {
    CompletableFuture<Metrics> counting = metrics;
    return counting == null
        ? null
        : new ServerStreamTracer.Factory() {
          @Override
          public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            return counting.join().tracers().newServerStreamTracer(method, headers);
          }
        };
  }

  RefusalListener refusals() {
    CompletableFuture<Metrics> counting = metrics;
    return counting == null
        ? audit
        : audit.and((who, method, why) -> counting.join().refusals().refused(who, method, why));
  }

  /** To be the innermost. */
  ServerInterceptor auditor() {
    return new AuditInterceptor(audit, rules);
  }

  /** Where metrics are served, with the ports that were free. */
  List<Endpoint> endpoints() {
    PageServer serving = pages;
    return serving == null ? List.of() : serving.endpoints();
  }

  /** Goes by other settings, and opens the file of the audit log anew. */
  void use(AuditSettings other) throws IOException {
    audit.use(other);
  }

  @Override
  public void close() throws IOException {
    PageServer serving = pages;
    try {
      if (serving != null) {
        serving.close();
      }
      if (metrics != null) {
        metrics.join().close();
      }
    } finally {
      audit.close();
    }
  }
}
