package io.packhouse.client;

import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.DrainRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code packhouse daemon} in this process, on a socket in a folder of the test's. */
public final class RunningDaemon {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final Path folder;
  private final String address;
  private final String output;
  private final Thread thread;

  private RunningDaemon(Path folder, String address, String output, Thread thread) {
    this.folder = folder;
    this.address = address;
    this.output = output;
    this.thread = thread;
  }

  /** Starts one; its catalog is {@code archives}, its readable root {@code seen}. */
  public static RunningDaemon start(Path folder) throws IOException, InterruptedException {
    return start(folder, "");
  }

  /**
   * Likewise, with more of a configuration, and listening on loopback too where there is more.
   *
   * @param more in TOML
   */
  static RunningDaemon start(Path folder, String more) throws IOException, InterruptedException {
    Path socket = folder.resolve("d.sock");
    Path state = folder.resolve("state");
    Files.createDirectory(folder.resolve("archives"));
    Files.createDirectory(folder.resolve("seen"));
    Path config = Files.writeString(folder.resolve("d.toml"), "state = \"" + state + "\"\n" + more);
    List<Object> args = new ArrayList<>(List.of("daemon", "--config", config));
    args.addAll(List.of("--listen", "unix:" + socket, "--catalog", folder.resolve("archives")));
    args.addAll(List.of("--root", folder.resolve("seen")));
    if (!more.isEmpty()) {
      args.addAll(List.of("--listen", "tcp://127.0.0.1:0"));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Cli.Result[] end = new Cli.Result[1];
    Thread thread =
        Thread.ofPlatform()
            .name("daemon-under-test")
            .daemon()
            .start(() -> end[0] = new Cli().run(out, out, args.toArray()));
    long start = System.nanoTime();
    while (!out.toString(java.nio.charset.StandardCharsets.UTF_8)
        .contains(more.isEmpty() ? "on unix:" : "on tcp:")) {
      if (!thread.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
        throw new IOException("the daemon does not listen: " + end[0]);
      }
      Thread.sleep(20);
    }
    return new RunningDaemon(
        folder, "unix:" + socket, out.toString(java.nio.charset.StandardCharsets.UTF_8), thread);
  }

  /** Where it listens. */
  public String address() {
    return address;
  }

  /** Where it listens on loopback. */
  String tcp() {
    return output
        .lines()
        .filter(line -> line.startsWith("listening on tcp:"))
        .map(line -> line.substring("listening on ".length()))
        .findFirst()
        .orElseThrow();
  }

  /** The folder of the catalog {@code archives}. */
  public Path archives() {
    return folder.resolve("archives");
  }

  /** A directory that the daemon may read. */
  public Path seen() {
    return folder.resolve("seen");
  }

  /** Runs the command with {@code --daemon}. */
  public Cli.Result run(Object... args) {
    return new Cli().with("PACKHOUSE_DAEMON", address).run(args);
  }

  /** Drains it, and waits for its end. */
  public void close() throws IOException, InterruptedException {
    try (PackhouseClient client = PackhouseClient.connect(address)) {
      client.retrying(() -> client.admin().drain(DrainRequest.getDefaultInstance()));
    }
    thread.join(60_000);
  }
}
