package io.packhouse.benchmarks.service;

import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code packhouse daemon} in a process of its own: on a Unix socket, with a state folder that
 * begins empty unless it is there, a catalog folder {@value #CATALOG} that may be written to, and
 * roots that trees are packed from. What it logs goes to {@code daemon.log} in its folder. Its
 * numbers come from {@code /proc}, so Linux only. Thread-safe.
 */
public final class RunningDaemon implements AutoCloseable {
  /** The catalog folder: archives are named {@code archives/NAME.pkh}. */
  public static final String CATALOG = "archives";

  private static final String READY = "listening on ";
  private static final long PATIENCE_SECONDS = 60;

  private final Path folder;
  private final List<String> addresses;
  private final Process process;

  private RunningDaemon(Path folder, List<String> addresses, Process process) {
    this.folder = folder;
    this.addresses = addresses;
    this.process = process;
  }

  /**
   * Starts one, and waits until it listens.
   *
   * @param packhouse the command
   * @param folder for all that it has; made if need be, and what an earlier one left is kept
   * @param roots directories whose trees it may pack
   * @param settings further lines of its configuration, in TOML: keys before tables
   * @param environment variables beside this process's, such as {@code PACKHOUSE_JAVA_OPTS}
   * @param further addresses to listen on
   */
  public static RunningDaemon start(
      String packhouse,
      Path folder,
      List<Path> roots,
      List<String> settings,
      Map<String, String> environment,
      String... further)
      throws IOException, InterruptedException {
    Path archives = Files.createDirectories(folder.resolve(CATALOG));
    Path socket = folder.resolve("daemon.sock");
    List<String> lines = new ArrayList<>(List.of("state = \"" + folder.resolve("state") + "\""));
    lines.addAll(settings);
    Path config = Files.write(folder.resolve("daemon.toml"), lines);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(packhouse, "daemon", "--config", config.toString()));
    command.addAll(List.of("--listen", "unix:" + socket));
    for (String each : further) {
      command.addAll(List.of("--listen", each));
    }
    command.addAll(List.of("--catalog", CATALOG + "=" + archives));
    for (int i = 0; i < roots.size(); i++) {
      command.addAll(List.of("--root", "root" + i + "=" + roots.get(i)));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("daemon.log").toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      return new RunningDaemon(folder, awaitAddresses(process, 1 + further.length), process);
    } catch (Throwable e) {
      process.destroyForcibly().waitFor();
      throw e;
    }
  }

  private static List<String> awaitAddresses(Process process, int count)
      throws IOException, InterruptedException {
    BufferedReader output = process.inputReader();
    List<String> addresses = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(READY)) {
        addresses.add(line.substring(READY.length()));
        if (addresses.size() == count) {
          return addresses;
        }
      }
    }
    throw new IOException(
        "the daemon ended with " + process.waitFor() + " before it listened; see daemon.log");
  }

  /** Where it listens, as the client library takes it. */
  String address() {
    return addresses.getFirst();
  }

  /** Where else it listens, in the order in which that was asked for. */
  public String address(int further) {
    return addresses.get(1 + further);
  }

  /** The folder of the catalog's archives. */
  Path archives() {
    return folder.resolve(CATALOG);
  }

  /** A client of its own, with a connection of its own; the caller closes it. */
  PackhouseClient connect() throws IOException {
    return PackhouseClient.connect(address());
  }

  GetStatsResponse stats() throws IOException, InterruptedException {
    try (PackhouseClient client = connect()) {
      return client.retrying(() -> client.admin().getStats(GetStatsRequest.getDefaultInstance()));
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** CPU time of all its threads since it began, to 10 ms. */
  long cpuNanos() throws IOException {
    return ProcessTimes.of(Long.toString(process.pid())).nanos();
  }

  /** Resident memory in bytes. */
  public long residentBytes() throws IOException {
    return status("VmRSS:") << 10;
  }

  /** The most resident memory that it ever had, in bytes. */
  long peakResidentBytes() throws IOException {
    return status("VmHWM:") << 10;
  }

  long threadCount() throws IOException {
    return status("Threads:");
  }

  private long status(String key) throws IOException {
    try (Stream<String> lines = Files.lines(proc("status"))) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** File descriptors that are open. */
  long descriptorCount() throws IOException {
    try (Stream<Path> descriptors = Files.list(proc("fd"))) {
      return descriptors.count();
    }
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  /** Ends it at once, as a crash does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Lets it end by itself, as SIGTERM does; at once if this thread is interrupted. Idempotent. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      // By counting, so that a machine that stands still for a while is not taken for a daemon.
      for (int i = 0; i < PATIENCE_SECONDS; i++) {
        if (process.waitFor(1, TimeUnit.SECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    throw new IOException("the daemon was killed: it did not end by itself");
  }
}
