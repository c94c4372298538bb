package io.packhouse.benchmarks.service;

import io.packhouse.remote.PackhouseClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Packs of whole corpora: by the daemon and by the command, in turn; four at once beside the sum of
 * the same four alone; and small packs while the largest corpus is packed again and again, beside
 * small packs alone.
 */
final class LargePacks implements Part {
  private static final int AT_ONCE = 4;

  /** About as long as the archive of the small tree. */
  private static final int LIMIT_BYTES = 384 << 10;

  /** Small packs a second, which leaves the daemon idle for most of the time. */
  private static final double SMALL_RATE = 5;

  @Override
  public String name() {
    return "packs";
  }

  @Override
  public String summary() {
    return "packs of each DIR by the daemon and by the command, four at once, a small one beside";
  }

  @Override
  public void run(Setting setting, Results results) throws IOException, InterruptedException {
    if (setting.corpora().isEmpty()) {
      throw new IOException("the part packs needs directories to pack");
    }
    Path work = Files.createDirectories(setting.work().resolve(name()));
    Path small = SmallPacks.tree(work);
    List<Path> roots = new ArrayList<>(setting.corpora());
    roots.add(small);
    try (RunningDaemon daemon =
            RunningDaemon.start(setting.packhouse(), work, roots, List.of(), Map.of());
        PackhouseClient client = daemon.connect()) {
      List<Double> alone = new ArrayList<>();
      for (Path corpus : setting.corpora()) {
        alone.add(corpus(setting, results, daemon, client, corpus, work));
      }
      atOnce(setting, results, daemon, client, alone);
      beside(setting, results, client, small, setting.corpora().get(longest(alone)));
    }
  }

  private static int longest(List<Double> times) {
    int longest = 0;
    for (int i = 1; i < times.size(); i++) {
      longest = times.get(i) > times.get(longest) ? i : longest;
    }
    return longest;
  }

  /** Returns the median of the daemon's times, in seconds. */
  private double corpus(
      Setting setting,
      Results results,
      RunningDaemon daemon,
      PackhouseClient client,
      Path corpus,
      Path work)
      throws IOException, InterruptedException {
    List<Long> daemonTimes = new ArrayList<>();
    List<Long> commandTimes = new ArrayList<>();
    long daemonCpu = 0;
    long commandCpu = 0;
    for (int round = 0; round <= setting.rounds(); round++) {
      // Which goes first changes from round to round; the first does not count.
      for (int turn = 0; turn < 2; turn++) {
        boolean byDaemon = (round + turn) % 2 == 0;
        long cpu = byDaemon ? daemon.cpuNanos() : ProcessTimes.of("self").childrenNanos();
        long start = System.nanoTime();
        if (byDaemon) {
          SmallPacks.pack(client, corpus, "corpus");
        } else {
          SmallPacks.command(setting.packhouse(), SmallPacks.PACK, corpus, work.resolve("command"));
        }
        long time = System.nanoTime() - start;
        if (round > 0 && byDaemon) {
          daemonTimes.add(time);
          daemonCpu += daemon.cpuNanos() - cpu;
        } else if (round > 0) {
          commandTimes.add(time);
          commandCpu += ProcessTimes.of("self").childrenNanos() - cpu;
        }
      }
    }
    double byDaemon = new Latencies(daemonTimes).millis(0.5) / 1e3;
    double byCommand = new Latencies(commandTimes).millis(0.5) / 1e3;
    results.add(
        name(),
        String.valueOf(corpus.getFileName()),
        "daemon",
        "s",
        byDaemon,
        "command",
        "s",
        byCommand,
        "daemon/command",
        "",
        byDaemon / byCommand,
        "daemon CPU",
        "s",
        daemonCpu / 1e9 / setting.rounds(),
        "command CPU",
        "s",
        commandCpu / 1e9 / setting.rounds());
    return byDaemon;
  }

  /** The corpora in turn, until there are four. */
  private void atOnce(
      Setting setting,
      Results results,
      RunningDaemon daemon,
      PackhouseClient client,
      List<Double> alone)
      throws IOException, InterruptedException {
    List<Long> times = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < AT_ONCE; i++) {
      sum += alone.get(i % alone.size());
    }
    long cpu = daemon.cpuNanos();
    for (int round = 0; round < setting.rounds(); round++) {
      long start = System.nanoTime();
      List<Future<?>> packs = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
        for (int i = 0; i < AT_ONCE; i++) {
          Path corpus = setting.corpora().get(i % alone.size());
          String archive = "at-once-" + i;
          packs.add(
              threads.submit(
                  () -> {
                    SmallPacks.pack(client, corpus, archive);
                    return null;
                  }));
        }
        join(packs);
      }
      times.add(System.nanoTime() - start);
    }
    double wall = new Latencies(times).millis(0.5) / 1e3;
    results.add(
        name(),
        AT_ONCE + " at once",
        "wall",
        "s",
        wall,
        "sum alone",
        "s",
        sum,
        "wall/sum",
        "",
        wall / sum,
        "CPU",
        "s",
        (daemon.cpuNanos() - cpu) / 1e9 / setting.rounds());
  }

  private static void join(List<Future<?>> all) throws IOException, InterruptedException {
    try {
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a pack failed", e.getCause());
    }
  }

  private void beside(
      Setting setting, Results results, PackhouseClient client, Path small, Path huge)
      throws IOException, InterruptedException {
    Clients.Call pack = _ -> SmallPacks.pack(client, small, "beside");
    Clients.closed(1, setting.seconds(), pack);
    beside(setting, results, client, huge, "small", pack);
    Path folder = Files.createDirectories(setting.work().resolve("packs/limits"));
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(LIMIT_BYTES);
      Clients.Call write = _ -> SmallPacks.write(folder, bytes, directory);
      beside(setting, results, client, huge, "limit: a write that is forced", write);
    }
    try (TreeCompression compression = new TreeCompression(small)) {
      Clients.closed(1, 1, compression); // to be compiled
      beside(setting, results, client, huge, "limit: " + compression.title(), compression);
    }
  }

  /** Calls now and then, and the same while a corpus is packed again and again. */
  private void beside(
      Setting setting,
      Results results,
      PackhouseClient client,
      Path huge,
      String what,
      Clients.Call call)
      throws IOException, InterruptedException {
    Latencies idle = Clients.paced(1, setting.seconds(), SMALL_RATE, call).latencies();
    AtomicBoolean enough = new AtomicBoolean();
    Latencies busy;
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<?> packs =
          threads.submit(
              () -> {
                while (!enough.get()) {
                  SmallPacks.pack(client, huge, "huge");
                }
                return null;
              });
      try {
        busy = Clients.paced(1, setting.seconds(), SMALL_RATE, call).latencies();
      } finally {
        enough.set(true);
      }
      join(List.of(packs));
    }
    SmallPacks.add(results, name(), what + ", alone", idle);
    SmallPacks.add(results, name(), what + ", beside " + huge.getFileName(), busy);
    results.add(
        name(),
        what + ", waits beside it",
        "p50",
        "ms",
        busy.millis(0.5) - idle.millis(0.5),
        "p99",
        "ms",
        busy.millis(0.99) - idle.millis(0.99));
  }
}
