package io.packhouse.benchmarks.service;

import io.grpc.StatusRuntimeException;
import io.packhouse.benchmarks.SyntheticTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.ReadEntriesRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * More than the limits allow. Reads: a limit of calls, first as many clients as may call, then four
 * times as many, who wait when they are refused for as long as they are told. Jobs: four times as
 * many at once as may wait.
 */
final class Overload implements Part {
  private static final int LIMIT = 8;
  private static final int TIMES = 4;
  private static final int QUEUE = 32;
  private static final int FILES = 1_000;
  private static final int BATCH = 200;

  @Override
  public String name() {
    return "load";
  }

  @Override
  public String summary() {
    return "more calls and jobs than the limits allow: refusals, and those let in";
  }

  @Override
  public void run(Setting setting, Results results) throws IOException, InterruptedException {
    Path work = Files.createDirectories(setting.work().resolve(name()));
    Path tree = work.resolve("tree");
    if (!Files.exists(tree)) {
      new SyntheticTree().generate(tree, FILES);
    }
    List<String> settings =
        List.of(
            "calls.calls = " + LIMIT,
            "calls.calls-per-caller = " + LIMIT,
            "work.queue = " + QUEUE,
            "work.queue-per-caller = " + QUEUE);
    try (RunningDaemon daemon =
            RunningDaemon.start(setting.packhouse(), work, List.of(tree), settings, Map.of());
        PackhouseClient client = daemon.connect()) {
      client.pack(pack(tree, 0)).await();
      calls(client, setting, results);
      jobs(client, tree, results);
    }
  }

  private static PackArchiveRequest pack(Path tree, int number) {
    return PackArchiveRequest.newBuilder()
        .setArchive(RunningDaemon.CATALOG + "/load-" + number + ".pkh")
        .setForce(true)
        .addInputs(PackInput.newBuilder().setPath(tree.toString()))
        .build();
  }

  private void calls(PackhouseClient client, Setting setting, Results results)
      throws IOException, InterruptedException {
    ReadEntriesRequest.Builder request =
        ReadEntriesRequest.newBuilder().setArchive(RunningDaemon.CATALOG + "/load-0.pkh");
    for (int i = 0; i < BATCH; i++) {
      request.addRanges(
          EntryRange.newBuilder()
              .setPath(String.format(Locale.ROOT, "group-00000/artifact-%04d.xml", i)));
    }
    for (int round = 0; round <= setting.rounds(); round++) {
      double unloaded = 0;
      for (int clients : new int[] {LIMIT, LIMIT * TIMES}) {
        Admission admission = new Admission();
        Clients.closed(
            clients, setting.seconds(), caller -> admission.call(client, request.build()));
        Latencies let = new Latencies(admission.admitted);
        Latencies refused = new Latencies(admission.refused);
        unloaded = unloaded == 0 ? let.millis(0.99) : unloaded;
        if (round > 0) {
          results.add(
              name(),
              clients + " clients of " + LIMIT + " calls",
              "let in p50",
              "ms",
              let.millis(0.5),
              "p99",
              "ms",
              let.millis(0.99),
              "of unloaded p99",
              "times",
              let.millis(0.99) / unloaded,
              "let in",
              "",
              let.count(),
              "refused",
              "",
              refused.count(),
              "refused p50",
              "ms",
              refused.millis(0.5),
              "refused p99",
              "ms",
              refused.millis(0.99),
              "refused otherwise",
              "",
              admission.otherwise.get());
        }
      }
    }
  }

  /** Counts what was let in and what was not. */
  private static final class Admission {
    private final List<Long> admitted = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> refused = Collections.synchronizedList(new ArrayList<>());

    /** Refusals that are not RESOURCE_EXHAUSTED with a time to try again. */
    private final AtomicLong otherwise = new AtomicLong();

    void call(PackhouseClient client, ReadEntriesRequest request) throws InterruptedException {
      long start = System.nanoTime();
      try {
        client.entries().readEntries(request).forEachRemaining(answer -> {});
        admitted.add(System.nanoTime() - start);
      } catch (StatusRuntimeException e) {
        refused.add(System.nanoTime() - start);
        TimeUnit.NANOSECONDS.sleep(wait(RemoteException.of(e)).toNanos());
      }
    }

    Duration wait(RemoteException refusal) {
      Duration told = refusal.retryAfter();
      if (refusal.code() != com.google.rpc.Code.RESOURCE_EXHAUSTED || told == null) {
        otherwise.incrementAndGet();
        return Duration.ofMillis(100);
      }
      return told;
    }
  }

  /** Four times as many packs as may wait, one after the other without waiting. */
  private void jobs(PackhouseClient client, Path tree, Results results)
      throws IOException, InterruptedException {
    Admission admission = new Admission();
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < 4 * QUEUE; i++) {
      long start = System.nanoTime();
      try {
        taken.add(client.archives().packArchive(pack(tree, i)).getName());
        admission.admitted.add(System.nanoTime() - start);
      } catch (StatusRuntimeException e) {
        admission.refused.add(System.nanoTime() - start);
        var _ = admission.wait(RemoteException.of(e));
      }
    }
    for (String name : taken) {
      client.operation(name, io.packhouse.v1.PackArchiveResponse.class).await();
    }
    Latencies refused = new Latencies(admission.refused);
    results.add(
        name(),
        4 * QUEUE + " jobs at once, " + QUEUE + " may wait",
        "taken",
        "",
        taken.size(),
        "refused",
        "",
        refused.count(),
        "refused p50",
        "ms",
        refused.millis(0.5),
        "refused p99",
        "ms",
        refused.millis(0.99),
        "refused otherwise",
        "",
        admission.otherwise.get());
  }
}
