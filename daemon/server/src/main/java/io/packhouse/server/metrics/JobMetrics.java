package io.packhouse.server.metrics;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.packhouse.server.job.JobListener;
import io.packhouse.v1.PackArchiveResponse;
import java.time.Duration;

/** How jobs end, how long they wait and take, and what packs read and write. Thread-safe. */
final class JobMetrics implements JobListener {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(30),
    Duration.ofHours(2),
  };

  private final MeterRegistry registry;
  private final Counter read;
  private final Counter written;
  private final Counter deduplicated;
  private final Counter files;
  private final Counter packages;
  private final Counter extractErrors;

  JobMetrics(MeterRegistry registry) {
    this.registry = registry;
    read = bytes("packhouse.pack.read", "Bytes of files that packs have read");
    written = bytes("packhouse.pack.written", "Bytes of archives that packs have written");
    deduplicated = bytes("packhouse.pack.deduplicated", "Bytes that packs have not stored twice");
    files = counter("packhouse.pack.files", "Files that were packed");
    packages = counter("packhouse.pack.packages", "Packages that were found in them");
    extractErrors =
        counter("packhouse.pack.extract.errors", "Files whose metadata could not be read");
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Counter bytes(String name, String description) {
    return Counter.builder(name).description(description).baseUnit("bytes").register(registry);
  }

  @Override
  public void ended(Ended job) {
    Counter.builder("packhouse.jobs")
        .description("Jobs that have ended")
        .tag("kind", job.verb())
        .tag("outcome", outcome(job.code()))
        .register(registry)
        .increment();
    timer("packhouse.job.wait", "Time that jobs wait for memory", job).record(job.waited());
    timer("packhouse.job", "Time from a job's start to its end", job).record(job.ran());
    if (job.response().is(PackArchiveResponse.class)) {
      try {
        count(job.response().unpack(PackArchiveResponse.class));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("a response of our own cannot be read", e);
      }
    }
  }

  private static String outcome(Code code) {
    return switch (code) {
      case OK -> "succeeded";
      case CANCELLED -> "cancelled";
      default -> "failed";
    };
  }

  private Timer timer(String name, String description, Ended job) {
    return Timer.builder(name)
        .description(description)
        .tag("kind", job.verb())
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private void count(PackArchiveResponse pack) {
    read.increment((double) pack.getBytes());
    written.increment((double) pack.getSizeBytes());
    deduplicated.increment((double) pack.getDeduplicatedBytes());
    files.increment((double) pack.getFiles());
    packages.increment((double) pack.getPackages());
    extractErrors.increment((double) pack.getExtractErrors());
  }
}
