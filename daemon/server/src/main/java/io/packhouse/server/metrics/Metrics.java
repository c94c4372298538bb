package io.packhouse.server.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.ServerStreamTracer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.packhouse.server.access.RefusalListener;
import io.packhouse.server.job.JobListener;
import io.packhouse.server.net.CallObserver;
import io.packhouse.server.net.PageServer;
import io.packhouse.v1.GetStatsResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that is counted and measured of a daemon, as Prometheus reads it; {@code docs/metrics.md}
 * tells what there is. No label has a value that callers choose. Thread-safe.
 */
public final class Metrics implements PageServer.Page, AutoCloseable {
  private static final String PATH = "/metrics";
  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String OPEN_METRICS_TYPE = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
  private static final String TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final CallMetrics calls;
  private final JobMetrics jobs;
  private volatile @Nullable StatsMetrics stats;
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /**
   * Begins to count.
   *
   * @param version of the daemon
   * @param methods full names of all that it serves
   */
  public Metrics(String version, Set<String> methods) {
    registry
        .config()
        // What only one of the collectors has would be there or not by the machine.
        .meterFilter(MeterFilter.denyNameStartsWith("jvm.gc.concurrent"))
        // In nanoseconds, and with a name that is a histogram's: not as Prometheus has them.
        .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
        .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    calls = new CallMetrics(registry, methods);
    jobs = new JobMetrics(registry);
    Gauge.builder("packhouse.build", () -> 1)
        .description("Always 1; what runs is in its label")
        .tag("version", version)
        .register(registry);
    List<MeterBinder> process =
        List.of(
            new ClassLoaderMetrics(),
            collections,
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new FileDescriptorMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics());
    process.forEach(binder -> binder.bindTo(registry));
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      FunctionCounter.builder("process.cpu", system, its -> its.getProcessCpuTime() / 1e9)
          .description("CPU time of the process")
          .baseUnit("seconds")
          .register(registry);
    }
  }

  /** Has its figures be told, too. */
  public void watch(Supplier<GetStatsResponse> source) {
    stats = new StatsMetrics(registry, source);
  }

  /** Is to be told of calls. */
  public CallObserver calls() {
    return calls;
  }

  /** Is to be given to servers. */
  public ServerStreamTracer.Factory tracers() {
    return calls;
  }

  /** Is to be told of operations. */
  public JobListener jobs() {
    return jobs;
  }

  /** Is to be told of refusals. */
  public RefusalListener refusals() {
    return (_, _, refusal) ->
        Counter.builder("packhouse.refusals")
            .description("Calls that were not let in")
            .tag("reason", refusal.reason())
            .register(registry)
            .increment();
  }

  @Override
  public PageServer.@Nullable Answer get(String path, String accept) throws IOException {
    if (!path.equals(PATH)) {
      return null;
    }
    String type = accept.contains(OPEN_METRICS) ? OPEN_METRICS_TYPE : TEXT_TYPE;
    ByteArrayOutputStream text = new ByteArrayOutputStream(1 << 15);
    StatsMetrics figures = stats;
    if (figures != null) {
      figures.refresh();
    }
    registry.scrape(text, type);
    return new PageServer.Answer(type, text.toByteArray());
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
