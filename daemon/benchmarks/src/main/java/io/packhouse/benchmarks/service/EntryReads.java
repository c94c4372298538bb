package io.packhouse.benchmarks.service;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.packhouse.benchmarks.SyntheticTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Reads of entries of 4 KB of an archive of 100,000: one a call and a hundred a call, at random and
 * one after the other; beside calls that read nothing, in turn.
 */
final class EntryReads implements Part {
  private static final int FILES = 100_000;
  private static final int FILES_PER_DIRECTORY = 1_000;
  private static final int BYTES = 4_096;
  private static final int BATCH = 100;
  private static final int MANY = 16;
  private static final double PART_LOAD = 0.5;
  private static final String ARCHIVE = RunningDaemon.CATALOG + "/entries.pkh";

  @Override
  public String name() {
    return "reads";
  }

  @Override
  public String summary() {
    return "reads of 4 KB entries of an archive of 100,000, single and batched";
  }

  @Override
  public void run(Setting setting, Results results) throws IOException, InterruptedException {
    Path work = Files.createDirectories(setting.work().resolve(name()));
    Path tree = work.resolve("tree");
    if (!Files.exists(tree)) {
      new SyntheticTree().generate(tree, FILES, BYTES, BYTES);
    }
    try (RunningDaemon daemon =
        RunningDaemon.start(setting.packhouse(), work, List.of(tree), List.of(), Map.of())) {
      prepare(daemon, tree);
      try (CallLoop one = new CallLoop(daemon.address(), 1);
          CallLoop many = new CallLoop(daemon.address(), MANY);
          PackhouseClient client = daemon.connect()) {
        Measuring measuring = new Measuring(setting, daemon, results);
        setting.out().println("reads: the daemon and this program warm up");
        for (int i = 0; i < 2; i++) {
          measuring.round(one, many, setting.seconds(), false);
        }
        for (int i = 0; i < setting.rounds(); i++) {
          measuring.round(one, many, setting.seconds(), true);
        }
        measuring.byChance(client);
      }
      results.add(
          name(),
          "the daemon after it",
          "resident",
          "MB",
          daemon.residentBytes() / 1e6,
          "threads",
          "",
          daemon.threadCount());
    }
  }

  private static void prepare(RunningDaemon daemon, Path tree)
      throws IOException, InterruptedException {
    if (Files.exists(daemon.archives().resolve("entries.pkh"))) {
      return;
    }
    try (PackhouseClient client = daemon.connect()) {
      client
          .pack(
              PackArchiveRequest.newBuilder()
                  .setArchive(ARCHIVE)
                  .addInputs(PackInput.newBuilder().setPath(tree.toString()))
                  .build())
          .await();
    }
  }

  private final class Measuring {
    private final Setting setting;
    private final RunningDaemon daemon;
    private final Results results;
    private final RandomGenerator random;
    private double singleRate;

    Measuring(Setting setting, RunningDaemon daemon, Results results) {
      this.setting = setting;
      this.daemon = daemon;
      this.results = results;
      this.random = new SplittableRandom(setting.seed());
    }

    void round(CallLoop one, CallLoop many, double seconds, boolean counts)
        throws IOException, InterruptedException {
      health("limit: calls that do nothing, 1 client", one, seconds, counts);
      read("1 entry a call, 1 client", one, 1, seconds, counts);
      health("limit: calls that do nothing, 16 clients", many, seconds, counts);
      CallLoop.Run single = read("1 entry a call, 16 clients", many, 1, seconds, counts);
      CallLoop.Run batched = read("100 entries a call, 16 clients", many, BATCH, seconds, counts);
      singleRate = single.unitRate();
      if (counts) {
        results.add(
            name(), "100 a call over 1 a call", "times", "", batched.unitRate() / singleRate);
      }
    }

    private void health(String what, CallLoop loop, double seconds, boolean counts)
        throws IOException, InterruptedException {
      long cpu = daemon.cpuNanos();
      long own = ownNanos();
      CallLoop.Run run =
          loop.<HealthCheckResponse>run(
              seconds,
              (channel, client, answer) ->
                  HealthGrpc.newStub(channel)
                      .check(HealthCheckRequest.getDefaultInstance(), answer),
              answer -> 1);
      if (counts) {
        add(what, run, daemon.cpuNanos() - cpu, ownNanos() - own);
      }
    }

    private CallLoop.Run read(String what, CallLoop loop, int batch, double seconds, boolean counts)
        throws IOException, InterruptedException {
      long cpu = daemon.cpuNanos();
      long own = ownNanos();
      CallLoop.Run run =
          loop.<ReadEntriesResponse>run(
              seconds,
              (channel, client, answer) ->
                  EntryServiceGrpc.newStub(channel).readEntries(request(batch), answer),
              EntryReads::whole);
      if (counts) {
        add(what, run, daemon.cpuNanos() - cpu, ownNanos() - own);
      }
      return run;
    }

    private ReadEntriesRequest request(int batch) {
      ReadEntriesRequest.Builder request = ReadEntriesRequest.newBuilder().setArchive(ARCHIVE);
      synchronized (random) {
        for (int i = 0; i < batch; i++) {
          request.addRanges(EntryRange.newBuilder().setPath(path(random.nextInt(FILES))));
        }
      }
      return request.build();
    }

    private void add(String what, CallLoop.Run run, long daemonNanos, long ownNanos)
        throws IOException {
      results.add(
          name(),
          what,
          "p50",
          "ms",
          run.latencies().millis(0.5),
          "p99",
          "ms",
          run.latencies().millis(0.99),
          "p99.9",
          "ms",
          run.latencies().millis(0.999),
          "rate",
          "1/s",
          run.unitRate(),
          "daemon's CPU",
          "us",
          daemonNanos / 1e3 / run.units(),
          "clients' CPU",
          "us",
          ownNanos / 1e3 / run.units());
    }

    /** Calls that come by chance, from threads of the client library. */
    void byChance(PackhouseClient client) throws IOException, InterruptedException {
      double rate = singleRate * PART_LOAD;
      for (int i = 0; i <= setting.rounds(); i++) {
        Clients.Run run =
            Clients.paced(
                MANY,
                setting.seconds(),
                rate,
                caller ->
                    client.entries().readEntries(request(1)).forEachRemaining(EntryReads::whole));
        if (i > 0) {
          results.add(
              name(),
              "1 entry a call, 16 clients, by chance, at half load",
              "p50",
              "ms",
              run.latencies().millis(0.5),
              "p99",
              "ms",
              run.latencies().millis(0.99),
              "rate",
              "1/s",
              run.rate());
        }
      }
    }
  }

  private static long ownNanos() throws IOException {
    return ProcessTimes.of("self").nanos();
  }

  /** As {@link SyntheticTree} names them. */
  private static String path(int file) {
    return String.format(
        Locale.ROOT,
        "group-%05d/artifact-%04d.xml",
        file / FILES_PER_DIRECTORY,
        file % FILES_PER_DIRECTORY);
  }

  /** How many entries end with a message. */
  private static int whole(ReadEntriesResponse message) {
    if (message.hasError()) {
      throw new IllegalStateException(message.getError().getMessage());
    }
    return message.getLast() ? 1 : 0;
  }
}
