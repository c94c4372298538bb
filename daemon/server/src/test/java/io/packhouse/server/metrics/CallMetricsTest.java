package io.packhouse.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.lang.management.ManagementFactory;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallMetricsTest {
  private static final String METHOD = "a.B/C";
  private static final Metadata HEADERS = new Metadata();

  private static void calls(Metrics metrics, int count) {
    for (int i = 0; i < count; i++) {
      ServerStreamTracer tracer = metrics.tracers().newServerStreamTracer(METHOD, HEADERS);
      tracer.inboundWireSize(10);
      tracer.outboundWireSize(1_000);
      metrics.calls().ended(METHOD, Status.Code.OK, 100_000 + i);
    }
  }

  @Test
  void countingACallAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int count = 100_000;
    try (Metrics metrics = new Metrics("1", Set.of(METHOD))) {
      calls(metrics, count);
      long before = threads.getCurrentThreadAllocatedBytes();
      calls(metrics, count);
      // What is turned over now and then is less than a byte a call.
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(count);
    }
  }
}
