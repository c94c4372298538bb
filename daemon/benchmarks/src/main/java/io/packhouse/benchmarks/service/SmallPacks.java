package io.packhouse.benchmarks.service;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.packhouse.benchmarks.SyntheticTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Packs of a tree of 1 MB in 50 files: by a warm daemon, by the command and by {@code tar | zstd},
 * both started afresh, in turn; and what the machine takes for the parts of that work.
 */
final class SmallPacks implements Part {
  /** Packs {@code $1} to {@code $2.pkh} by the command. */
  static final String PACK = "exec \"$0\" pack --force --quiet \"$1\" \"$2.pkh\"";

  private static final int FILES = 50;
  private static final int LEAST_BYTES = 1_000;
  private static final int MOST_BYTES = 41_000;
  private static final int MANY = 16;

  /** Calls that come by chance ask for this part of what the daemon can do at most. */
  private static final double PART_LOAD = 0.5;

  @Override
  public String name() {
    return "small";
  }

  @Override
  public String summary() {
    return "packs of a tree of 1 MB in 50 files, with 1 and 16 clients";
  }

  @Override
  public void run(Setting setting, Results results) throws IOException, InterruptedException {
    Path work = Files.createDirectories(setting.work().resolve(name()));
    Path tree = tree(work);
    try (RunningDaemon daemon =
            RunningDaemon.start(setting.packhouse(), work, List.of(tree), List.of(), Map.of());
        PackhouseClient client = daemon.connect()) {
      Clients.Call pack = caller -> pack(client, tree, "small-" + caller);
      setting.out().println("small: the daemon and this program warm up");
      Clients.closed(MANY, 2 * setting.seconds(), pack);
      Clients.closed(1, setting.seconds(), pack);
      limits(tree, client, daemon, setting, results);
      double most = 0;
      for (int clients : new int[] {1, MANY}) {
        String who = clients == 1 ? "1 client" : clients + " clients";
        most =
            measured(daemon, results, who, () -> Clients.closed(clients, setting.seconds(), pack))
                .rate();
        command(results, "packhouse pack, " + who, clients, setting, PACK, tree, work);
        command(
            results,
            "tar | zstd -3, " + who,
            clients,
            setting,
            "tar -cf - -C \"$1\" . | zstd -qf -3 -o \"$2.tar.zst\"",
            tree,
            work);
      }
      double rate = most * PART_LOAD;
      measured(
          daemon,
          results,
          MANY + " clients, by chance, at half load",
          () -> Clients.paced(MANY, setting.seconds(), rate, pack));
    }
  }

  /** Makes the tree, if it is not there. */
  static Path tree(Path work) throws IOException {
    Path tree = work.resolve("tree");
    if (!Files.exists(tree)) {
      new SyntheticTree().generate(tree, FILES, LEAST_BYTES, MOST_BYTES);
    }
    return tree;
  }

  private interface Measured {
    Clients.Run run() throws IOException, InterruptedException;
  }

  private Clients.Run measured(RunningDaemon daemon, Results results, String name, Measured body)
      throws IOException, InterruptedException {
    long cpu = daemon.cpuNanos();
    Clients.Run run = body.run();
    add(results, "daemon, " + name, run, daemon.cpuNanos() - cpu);
    return run;
  }

  private void add(Results results, String name, Clients.Run run, long cpuNanos)
      throws IOException {
    Latencies latencies = run.latencies();
    results.add(
        name(),
        name,
        "p50",
        "ms",
        latencies.millis(0.5),
        "p90",
        "ms",
        latencies.millis(0.9),
        "p99",
        "ms",
        latencies.millis(0.99),
        "rate",
        "1/s",
        run.rate(),
        "CPU",
        "ms",
        cpuNanos / 1e6 / latencies.count());
  }

  static void pack(PackhouseClient client, Path tree, String archive)
      throws IOException, InterruptedException {
    client
        .pack(
            PackArchiveRequest.newBuilder()
                .setArchive(RunningDaemon.CATALOG + "/" + archive + ".pkh")
                .setForce(true)
                .addInputs(PackInput.newBuilder().setPath(tree.toString()))
                .build())
        .await();
  }

  /** Processes of a shell's text, as many at once as there are clients. */
  private void command(
      Results results,
      String name,
      int clients,
      Setting setting,
      String script,
      Path tree,
      Path work)
      throws IOException, InterruptedException {
    long cpu = childrenNanos();
    Clients.Run run =
        Clients.closed(
            clients,
            setting.seconds(),
            caller ->
                command(setting.packhouse(), script, tree, work.resolve("command-" + caller)));
    add(results, name, run, childrenNanos() - cpu);
  }

  /**
   * Runs a shell's text.
   *
   * @param packhouse its {@code $0}
   * @param output its {@code $2}
   */
  static void command(String packhouse, String script, Path tree, Path output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", script, packhouse, tree.toString(), output.toString())
            .inheritIO()
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(script + " ended with " + process.exitValue());
    }
  }

  /** CPU time of all processes that this one started and waited for. */
  private static long childrenNanos() throws IOException {
    return ProcessTimes.of("self").childrenNanos();
  }

  /** The parts of a pack, each alone, in a thread of this warm process. */
  private void limits(
      Path tree, PackhouseClient client, RunningDaemon daemon, Setting setting, Results results)
      throws IOException, InterruptedException {
    double seconds = Math.max(1, setting.seconds() / 5);
    try (TreeCompression compression = new TreeCompression(tree)) {
      limit(results, compression.title(), seconds, compression);
    }
    limit(results, "reading the files", seconds, _ -> TreeCompression.contents(tree));
    Path archive = daemon.archives().resolve("small-0.pkh");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(archive));
    Path folder = Files.createDirectories(setting.work().resolve("small/limits"));
    try (FileChannel directory = FileChannel.open(folder, READ)) {
      limit(
          results,
          "write " + bytes.capacity() + " bytes, rename",
          seconds,
          _ -> write(folder, bytes, null));
      limit(
          results,
          "the same, forced to the disk, and the directory",
          seconds,
          _ -> write(folder, bytes, directory));
    }
    limit(
        results,
        "a call that does little (stats)",
        seconds,
        _ -> client.admin().getStats(GetStatsRequest.getDefaultInstance()));
  }

  private void limit(Results results, String name, double seconds, Clients.Call call)
      throws IOException, InterruptedException {
    Clients.closed(1, seconds, call); // to be compiled
    add(results, name(), "limit: " + name, Clients.closed(1, seconds, call).latencies());
  }

  static void add(Results results, String part, String name, Latencies latencies)
      throws IOException {
    results.add(
        part,
        name,
        "p50",
        "ms",
        latencies.millis(0.5),
        "p90",
        "ms",
        latencies.millis(0.9),
        "p99",
        "ms",
        latencies.millis(0.99));
  }

  static void write(Path folder, ByteBuffer bytes, @Nullable FileChannel directory)
      throws IOException {
    Path temporary = folder.resolve("new");
    try (FileChannel file = FileChannel.open(temporary, CREATE, TRUNCATE_EXISTING, WRITE)) {
      file.write(bytes.duplicate());
      if (directory != null) {
        file.force(true);
      }
    }
    Files.move(temporary, folder.resolve("old"), StandardCopyOption.REPLACE_EXISTING);
    if (directory != null) {
      directory.force(true);
    }
  }
}
