package io.packhouse.server.metrics;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.packhouse.server.net.CallObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * How many calls there are, how they end, how long they take and what they send, by method. A call
 * allocates nothing here: all streams of a method share its tracer. Thread-safe.
 */
final class CallMetrics extends ServerStreamTracer.Factory implements CallObserver {
  /** The label of all methods that the daemon does not have, whatever clients think of. */
  static final String OTHER = "other";

  /** From a cached read to a long stream. */
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60),
  };

  private final MeterRegistry registry;
  private final Set<String> known;
  private final Map<String, Method> methods = new ConcurrentHashMap<>();

  /**
   * Begins to count.
   *
   * @param known full names of all methods that there are
   */
  CallMetrics(MeterRegistry registry, Set<String> known) {
    this.registry = registry;
    this.known = Set.copyOf(known);
  }

  private Method method(String name) {
    Method method = methods.get(name);
    return method == null
        ? methods.computeIfAbsent(known.contains(name) ? name : OTHER, Method::new)
        : method;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return method(fullMethodName);
  }

  @Override
  public void ended(String method, Status.Code code, long nanos) {
    Method meters = method(method);
    meters.count(code);
    meters.duration.record(nanos, TimeUnit.NANOSECONDS);
  }

  private final class Method extends ServerStreamTracer {
    private final String name;
    private final Timer duration;
    private final Counter received;
    private final Counter sent;
    private final AtomicReferenceArray<Counter> ended =
        new AtomicReferenceArray<>(Status.Code.values().length);

    Method(String name) {
      this.name = name;
      this.duration =
          Timer.builder("packhouse.call")
              .description("Time from a call's headers to its end")
              .tag("method", name)
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
      this.received = bytes("packhouse.call.received", "Bytes of requests, as they arrived");
      this.sent = bytes("packhouse.call.sent", "Bytes of answers, as they were sent");
    }

    private Counter bytes(String meter, String description) {
      return Counter.builder(meter)
          .description(description)
          .baseUnit("bytes")
          .tag("method", name)
          .register(registry);
    }

    private void count(Status.Code code) {
      Counter counter = ended.get(code.value());
      if (counter == null) {
        // The same one for all who come at once.
        counter =
            Counter.builder("packhouse.calls")
                .description("Calls that have ended")
                .tag("method", name)
                .tag("code", code.name())
                .register(registry);
        ended.set(code.value(), counter);
      }
      counter.increment();
    }

    @Override
    public void inboundWireSize(long bytes) {
      received.increment((double) bytes);
    }

    @Override
    public void outboundWireSize(long bytes) {
      sent.increment((double) bytes);
    }

    @Override
    public void streamClosed(Status status) {
      if (name.equals(OTHER)) {
        // It comes to no interceptor.
        count(status.getCode());
      }
    }
  }
}
