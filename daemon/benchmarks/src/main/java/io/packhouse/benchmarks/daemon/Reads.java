package io.packhouse.benchmarks.daemon;

import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How fast entries are read through the daemon: one a call, a hundred a call, and one big one
 * beside {@code cat} through a Unix socket.
 *
 * <p>Usage: {@code Reads TREE WORK [ROUNDS [EXECUTOR [SERVER-FLAG...]]]}. Packs TREE and a file of
 * 256 MB that does not compress into WORK, and leaves them there for the next run.
 */
public final class Reads {
  private static final int BIG_BYTES = 256 << 20;
  private static final int BATCH = 100;
  private static final int CLIENTS = 16;

  private Reads() {}

  /** Runs the benchmark. */
  public static void main(String[] arguments) throws Exception {
    Path tree = Path.of(arguments[0]);
    Path work = Files.createDirectories(Path.of(arguments[1])).toRealPath();
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
    String executor = arguments.length > 3 ? arguments[3] : "virtual";
    Path folder = Files.createDirectories(work.resolve("archives"));
    Path bigTree = Files.createDirectories(work.resolve("big"));
    Path big = bigTree.resolve("big.bin");
    pack(tree, folder.resolve("small.pkh"));
    if (!Files.exists(big)) {
      byte[] bytes = new byte[BIG_BYTES];
      new Random(1).nextBytes(bytes);
      Files.write(big, bytes);
    }
    pack(bigTree, folder.resolve("big.pkh"));
    List<String> paths = paths(folder.resolve("small.pkh"));
    Path socket = work.resolve("socket-" + ProcessHandle.current().pid());
    List<String> flags =
        List.of(arguments).subList(Math.min(4, arguments.length), arguments.length);
    Process server = startServer(socket, folder, big, executor, flags);
    try (ReadClient client = new ReadClient(socket)) {
      for (int round = 0; round <= rounds; round++) {
        run(client, server.toHandle(), paths, socket, round);
      }
    } finally {
      server.getOutputStream().close();
      server.waitFor();
      Files.deleteIfExists(socket);
      Files.deleteIfExists(Path.of(socket + ".cat"));
    }
  }

  private static void run(
      ReadClient client, ProcessHandle server, List<String> paths, Path socket, int round)
      throws Exception {
    String name = round == 0 ? "warm-up" : "round " + round;
    Cpu cpu = new Cpu(server);
    ReadClient.Result alone =
        client.read("bench/small.pkh", paths, 1, 1, round == 0 ? 20_000 : 5_000, round);
    print(name, "1 client, 1 entry a call", alone, cpu);
    cpu = new Cpu(server);
    ReadClient.Result single =
        client.read("bench/small.pkh", paths, CLIENTS, 1, round == 0 ? 100_000 : 50_000, round);
    print(name, "16 clients, 1 entry a call", single, cpu);
    cpu = new Cpu(server);
    ReadClient.Result batched =
        client.read("bench/small.pkh", paths, CLIENTS, BATCH, round == 0 ? 1_000 : 2_000, round);
    print(name, "16 clients, 100 entries a call", batched, cpu);
    cpu = new Cpu(server);
    ReadClient.Result big = client.read("bench/big.pkh", List.of("big.bin"), 1, 1, 4, round);
    print(name, "256 MB entry", big, cpu);
    double cat = cat(Path.of(socket + ".cat"));
    System.out.printf(
        Locale.ROOT,
        "%-9s batch %.1f x single; big entry %.0f MB/s = %.2f x cat (%.0f MB/s)%n",
        name,
        batched.rate() / single.rate(),
        big.megabytes(),
        big.megabytes() / cat,
        cat);
  }

  private static void print(String round, String what, ReadClient.Result result, Cpu cpu) {
    System.out.printf(
        Locale.ROOT,
        "%-9s %-30s %8.0f entries/s  %7.1f MB/s  p50 %.3f ms  p99 %.3f ms  %s%n",
        round,
        what,
        result.rate(),
        result.megabytes(),
        result.millis(0.5),
        result.millis(0.99),
        cpu.since(result.entries()));
  }

  /** Processor time of both processes. */
  private static final class Cpu {
    private final ProcessHandle server;
    private final long serverStart;
    private final long clientStart;

    private Cpu(ProcessHandle server) {
      this.server = server;
      this.serverStart = nanos(server);
      this.clientStart = nanos(ProcessHandle.current());
    }

    private static long nanos(ProcessHandle process) {
      return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    private String since(long entries) {
      return String.format(
          Locale.ROOT,
          "CPU us/entry: server %.1f, client %.1f",
          (nanos(server) - serverStart) / 1e3 / entries,
          (nanos(ProcessHandle.current()) - clientStart) / 1e3 / entries);
    }
  }

  /** Megabytes a second through the other socket. */
  private static double cat(Path socket) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(128 << 10);
    long bytes = 0;
    long start = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        for (int n = channel.read(buffer.clear()); n >= 0; n = channel.read(buffer.clear())) {
          bytes += n;
        }
      }
    }
    return bytes / 1e6 / ((System.nanoTime() - start) / 1e9);
  }

  private static void pack(Path tree, Path archive) throws Exception {
    if (!Files.exists(archive)) {
      new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE)
          .pack(archive);
    }
  }

  private static List<String> paths(Path archive) throws IOException {
    List<String> paths = new ArrayList<>();
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      EntryCursor entries = reader.entries();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        if (entry.typeLabel().equals("file")) {
          paths.add(entry.path());
        }
      }
    }
    return paths;
  }

  private static Process startServer(
      Path socket, Path folder, Path big, String executor, List<String> flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ReadServer.class.getName());
    command.addAll(List.of(socket.toString(), folder.toString(), big.toString(), executor));
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = server.inputReader();
    // A profiler may say something first.
    for (String line = ""; !line.equals("ready"); ) {
      line = output.readLine();
      if (line == null) {
        throw new IllegalStateException("the server did not start");
      }
    }
    return server;
  }
}
