package io.packhouse.benchmarks.service;

import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteOperation;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import io.packhouse.v1.JobStats;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.VerifyArchiveRequest;
import io.packhouse.v1.VerifyArchiveResponse;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Mixed calls of clients of which some are broken, for a long time: first with restarts of the
 * daemon, then of one daemon that is looked at before and after. Fails if anything is lost, damaged
 * or left behind, or if the daemon has more than before.
 */
final class Soak implements Part {
  /** The part of the time in which the daemon is restarted now and then. */
  private static final double RESTARTS = 0.4;

  /** What is left of the rest before the daemon is looked at first. */
  private static final double WARM_UP = 0.3;

  private static final double CORES = 0.5;
  private static final int MOST_RESTARTS = 20;
  private static final int LEAST_SECONDS_BETWEEN = 4;

  /** After so long without work, threads that were kept for more have ended. */
  private static final int THREADS_END_SECONDS = 65;

  private static final double LONG_SECONDS = 600;
  private static final long MIB = 1 << 20;
  private static final long HEAP_SLACK = 8 * MIB;

  /** What an operation that has ended takes of the heap, with its request and its result. */
  private static final long OPERATION_BYTES = 2_048;

  private static final long RESIDENT_SLACK = 96 * MIB;
  private static final long COUNT_SLACK = 4;

  /** Figures of memory that jobs have only while they run. */
  private static final Set<String> LENT = Set.of("pool_used_bytes");

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String summary() {
    return "mixed calls, cancels, broken clients and restarts, at half a core";
  }

  @Override
  public void run(Setting setting, Results results) throws IOException, InterruptedException {
    Path work = setting.work().resolve("soak");
    SoakTraces.remove(work.resolve("daemon"));
    SoakTraces.remove(work.resolve("out"));
    SoakTraces.remove(work.resolve("sockets"));
    Run run = new Run(setting, results, work);
    try {
      run.all();
    } finally {
      run.end();
    }
  }

  private static final class Run {
    private final PrintStream out;
    private final Results results;
    private final String packhouse;
    private final double seconds;
    private final Path folder;
    private final Path extracted;
    private final Path sockets;
    private final SplittableRandom random;
    private final SoakTrees trees;
    private final Ledger ledger = new Ledger();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
    private final SoakClients clients;
    private final long began;
    private RunningDaemon daemon;
    private long cpuOfEnded;

    Run(Setting setting, Results results, Path work) throws IOException, InterruptedException {
      out = setting.out();
      this.results = results;
      packhouse = setting.packhouse();
      seconds = setting.seconds();
      folder = work.resolve("daemon");
      extracted = Files.createDirectories(work.resolve("out"));
      sockets = Files.createDirectories(work.resolve("sockets"));
      long seed = setting.seed();
      out.println("soak     seed " + seed + ", " + Math.round(seconds) + " s");
      random = new SplittableRandom(seed);
      trees = SoakTrees.in(work.resolve("trees"));
      daemon = startDaemon();
      Path socket = Path.of(daemon.address().substring("unix:".length()));
      clients = new SoakClients(random.nextLong(), socket, packhouse, this::complain);
      packMissing();
      began = System.nanoTime();
      clients.start(trees, ledger, extracted, sockets);
    }

    private RunningDaemon startDaemon() throws IOException, InterruptedException {
      List<String> settings =
          List.of(
              "drain-timeout = \"5s\"",
              "work.kept-operations = 1000000",
              "work.memory = \"256MiB\"",
              "cache.memory = \"128MiB\"",
              "work.keep-uploads = \"2s\"",
              "keepalive.time = \"5s\"",
              "keepalive.timeout = \"5s\"",
              "roots.out.path = \"" + extracted + "\"",
              "roots.out.writable = true");
      return RunningDaemon.start(packhouse, folder, trees.all(), settings, Map.of());
    }

    /** So that there is something to read from the beginning. */
    private void packMissing() throws IOException, InterruptedException {
      List<RemoteOperation<PackArchiveResponse>> packs = new ArrayList<>();
      try (PackhouseClient client = daemon.connect()) {
        for (int i = 0; i < trees.archiveCount(); i++) {
          String name = SoakTrees.archive(i);
          if (!Files.exists(daemon.archives().resolveSibling(name))) {
            packs.add(
                client.pack(
                    PackArchiveRequest.newBuilder()
                        .setArchive(name)
                        .addInputs(PackInput.newBuilder().setPath(trees.tree(i).toString()))
                        .build()));
          }
        }
        for (RemoteOperation<PackArchiveResponse> pack : packs) {
          pack.await();
        }
      }
    }

    /** So that as many archives are open each time the daemon is looked at. */
    private void openAll() throws IOException, InterruptedException {
      try (PackhouseClient client = daemon.connect()) {
        ListArchivesRequest all = ListArchivesRequest.newBuilder().setPageSize(1_000).build();
        for (var archive : client.catalog().listArchives(all).getArchivesList()) {
          StatEntriesRequest request =
              StatEntriesRequest.newBuilder().setArchive(archive.getName()).addPaths("").build();
          client.entries().statEntries(request);
        }
      }
    }

    private void complain(String what) {
      complaints.add(what);
      out.println("soak     WRONG: " + what);
    }

    private double elapsed() {
      return (System.nanoTime() - began) / 1e9;
    }

    void all() throws IOException, InterruptedException {
      try {
        restartUntil(RESTARTS * seconds);
        goOnUntil((RESTARTS + (1 - RESTARTS) * WARM_UP) * seconds);
        ProcessFigures before = figures();
        goOnUntil(seconds);
        ProcessFigures after = figures();
        clients.endVisits();
        compare(before, after);
        verifyAll();
        account();
        endDaemon();
      } catch (IOException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      if (!complaints.isEmpty()) {
        throw new IllegalStateException(complaints.size() + " things went wrong, see above");
      }
      out.println("soak     passed");
    }

    /** Ends the daemon now and then, well or not, and starts it again. */
    private void restartUntil(double end) throws IOException, InterruptedException {
      double between = Math.max(LEAST_SECONDS_BETWEEN, end / MOST_RESTARTS);
      boolean kill = true;
      int[] restarts = new int[2];
      for (double next = elapsed() + between; next < end; next = elapsed() + between) {
        goOnUntil(next * (0.9 + 0.2 * random.nextDouble()));
        clients.restarting();
        cpuOfEnded += daemon.cpuNanos();
        if (kill) {
          daemon.kill();
        } else {
          daemon.close();
        }
        ledger.daemonEnded();
        daemon = startDaemon();
        clients.restarted();
        restarts[kill ? 1 : 0]++;
        kill = !kill;
      }
      results.add("soak", "restarts", "terminated", "", restarts[0], "killed", "", restarts[1]);
    }

    /** Lets clients do as they like, at their pace. */
    private void goOnUntil(double end) throws IOException, InterruptedException {
      long cpu = cpuNanos();
      double since = elapsed();
      while (elapsed() < end) {
        TimeUnit.MILLISECONDS.sleep(Math.clamp((long) ((end - elapsed()) * 1e3), 1, 1_000));
        if (!daemon.isAlive()) {
          throw new IllegalStateException("the daemon has died; see daemon.log");
        }
        clients.tick();
        long now = cpuNanos();
        clients.pace((now - cpu) / 1e9 / (elapsed() - since), CORES);
        cpu = now;
        since = elapsed();
      }
    }

    private long cpuNanos() throws IOException {
      long own = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
      return own + daemon.cpuNanos();
    }

    private ProcessFigures figures() throws Exception {
      ProcessFigures[] figures = new ProcessFigures[1];
      clients.quietly(
          () -> {
            packMissing();
            openAll();
            awaitRest();
            if (seconds >= LONG_SECONDS) {
              for (int i = 0; i < THREADS_END_SECONDS; i++) {
                TimeUnit.SECONDS.sleep(1);
              }
            }
            figures[0] = ProcessFigures.of(daemon);
          });
      return figures[0];
    }

    /** Waits until the daemon has done what clients began and left. */
    private void awaitRest() throws Exception {
      try (PackhouseClient client = daemon.connect()) {
        GetStatsRequest request = GetStatsRequest.getDefaultInstance();
        boolean rests =
            Patience.await(
                SoakDeeds.PATIENCE_SECONDS,
                () -> {
                  GetStatsResponse stats = client.retrying(() -> client.admin().getStats(request));
                  // The call that asks is one.
                  return stats.getJobs().getRunning() + stats.getJobs().getQueued() == 0
                      && stats.getCallsActive() <= 1;
                });
        if (!rests) {
          complain("calls or jobs of nobody go on: " + daemon.stats());
        }
      }
    }

    private void compare(ProcessFigures before, ProcessFigures after) throws IOException {
      tell("before", before);
      tell("after", after);
      // All operations are kept here, so that none can be lost.
      long kept = ended(after) - ended(before);
      bound("heap", before.heapBytes(), after.heapBytes(), HEAP_SLACK + kept * OPERATION_BYTES);
      bound("descriptors", before.descriptorCount(), after.descriptorCount(), COUNT_SLACK);
      // In a short run both still grow to what is kept for reuse.
      if (seconds >= LONG_SECONDS) {
        bound("resident memory", before.residentBytes(), after.residentBytes(), RESIDENT_SLACK);
        bound("threads", before.threadCount(), after.threadCount(), COUNT_SLACK);
      }
      after
          .stats()
          .getMemory()
          .getAllFields()
          .forEach(
              (field, value) -> {
                if (LENT.contains(field.getName()) && !value.equals(0L)) {
                  complain("a job kept memory: " + field.getName() + " is " + value);
                }
              });
      if (after.stats().getCatalog().getLeases() != 0) {
        complain("archives are held: " + after.stats().getCatalog());
      }
    }

    private void tell(String when, ProcessFigures figures) throws IOException {
      List<Object> numbers =
          new ArrayList<>(
              List.of(
                  "resident",
                  "MiB",
                  (double) figures.residentBytes() / MIB,
                  "descriptors",
                  "",
                  figures.descriptorCount(),
                  "threads",
                  "",
                  figures.threadCount()));
      figures
          .stats()
          .getMemory()
          .getAllFields()
          .forEach(
              (field, value) -> {
                boolean bytes = field.getName().endsWith("_bytes");
                numbers.add(field.getName());
                numbers.add(bytes ? "MiB" : "");
                numbers.add(((Number) value).doubleValue() / (bytes ? MIB : 1));
              });
      results.add("soak", when, numbers.toArray());
      out.println("soak     " + when + ": descriptors " + figures.descriptors());
      out.println("soak     " + when + ": threads " + figures.threads());
    }

    private static long ended(ProcessFigures figures) {
      JobStats jobs = figures.stats().getJobs();
      return jobs.getSucceeded() + jobs.getFailed() + jobs.getCancelled();
    }

    private void bound(String what, long before, long after, long slack) {
      if (after > before + slack) {
        complain(what + " grew from " + before + " to " + after);
      }
    }

    /** Packs nothing any more, and verifies all that is in the catalog. */
    private void verifyAll() throws IOException, InterruptedException {
      int verified = 0;
      try (PackhouseClient client = daemon.connect()) {
        ListArchivesRequest all = ListArchivesRequest.newBuilder().setPageSize(1_000).build();
        for (var archive : client.catalog().listArchives(all).getArchivesList()) {
          VerifyArchiveRequest request =
              VerifyArchiveRequest.newBuilder().setArchive(archive.getName()).build();
          VerifyArchiveResponse report = client.verify(request).await();
          if (!report.getIntact()) {
            complain(archive.getName() + " is damaged: " + report);
          }
          verified++;
        }
      }
      results.add("soak", "archives at the end", "verified", "", verified);
    }

    private void account() throws IOException, InterruptedException {
      try (PackhouseClient client = daemon.connect()) {
        Map<String, Long> endings = ledger.audit(client, this::complain);
        out.println("soak     operations " + endings + ", " + ledger.size() + " waited for");
        results.add(
            "soak",
            "operations",
            "known",
            "",
            endings.values().stream().mapToLong(Long::longValue).sum(),
            "lost",
            "",
            complaints.stream().filter(each -> each.endsWith("is lost")).count());
      }
      long deeds = 0;
      for (Map.Entry<String, Map<String, Long>> each : clients.counts().entrySet()) {
        out.println("soak     " + each.getKey() + ": " + each.getValue());
        deeds += each.getValue().values().stream().mapToLong(Long::longValue).sum();
      }
      double cpu = (cpuNanos() + cpuOfEnded) / 1e9;
      results.add(
          "soak",
          "all",
          "deeds",
          "",
          deeds,
          "wall",
          "s",
          elapsed(),
          "CPU",
          "cores",
          cpu / elapsed(),
          "wrong",
          "",
          complaints.size());
    }

    private void endDaemon() throws IOException, InterruptedException {
      daemon.close();
      for (Path left : SoakTraces.leftBehind(folder, extracted)) {
        complain("left behind: " + left);
      }
      long warnings;
      try (var lines = Files.lines(folder.resolve("daemon.log"))) {
        warnings =
            lines
                .filter(line -> line.contains(" WARNING ") || line.contains(" SEVERE "))
                .peek(line -> out.println("soak     log: " + line))
                .count();
      }
      results.add("soak", "daemon.log", "warnings", "", warnings);
    }

    void end() throws IOException, InterruptedException {
      clients.close();
      if (daemon.isAlive()) {
        daemon.close();
      }
    }
  }
}
