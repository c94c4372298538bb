package io.packhouse.client;

import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.DrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a command with a daemon, and the daemon itself, need of classes: the verbs against a daemon
 * in this process. A cache of its own, since these run on a longer class path.
 */
final class RemoteTraining {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final int STEP_MILLIS = 20;

  private RemoteTraining() {}

  /**
   * Trains.
   *
   * @param work a folder of the caller's
   * @param tree to pack
   * @return how many commands failed
   */
  static int run(Path work, Path tree) throws IOException, InterruptedException {
    Path config = work.resolve("daemon.toml");
    Files.writeString(
        config,
        """
        state = "%s"
        [metrics]
        listen = ["unix:%s"]
        """
            .formatted(work.resolve("state"), work.resolve("m.sock")));
    Path socket = work.resolve("d.sock");
    Path archives = Files.createDirectory(work.resolve("archives"));
    Path seen = Files.createDirectory(work.resolve("seen"));
    Files.writeString(seen.resolve("file"), "contents");
    List<String> arguments = new ArrayList<>(List.of("daemon", "--config", config.toString()));
    arguments.addAll(List.of("--listen", "unix:" + socket, "--catalog", archives.toString()));
    arguments.addAll(List.of("--root", seen.toString()));
    int[] end = {1};
    Thread daemon =
        Thread.ofPlatform()
            .name("trained-daemon")
            .daemon()
            .start(() -> end[0] = Main.run(arguments.toArray(String[]::new)));
    for (int waited = 0; !Files.exists(socket); waited += STEP_MILLIS) {
      if (waited > PATIENCE_MILLIS || !daemon.isAlive()) {
        throw new IOException("the daemon does not listen");
      }
      Thread.sleep(STEP_MILLIS);
    }
    String address = "unix:" + socket;
    Path part = work.resolve("part");
    int failures = 0;
    failures += remote(address, "pack", "--quiet", tree.toString(), "archives/sent.pkh");
    failures += remote(address, "pack", "--force", seen.toString(), "archives/seen.pkh");
    failures += remote(address, "ls", "archives/sent.pkh");
    failures += remote(address, "ls", "--json", "archives/sent.pkh", "d0");
    failures += remote(address, "cat", "archives/sent.pkh", "d0/small-0.txt");
    failures += remote(address, "info", "archives/sent.pkh");
    failures += remote(address, "verify", "archives/sent.pkh");
    failures += remote(address, "extract", "archives/sent.pkh", work.resolve("all").toString());
    failures += remote(address, "extract", "archives/sent.pkh", part.toString(), "d0");
    failures += remote(address, "diff", "archives/seen.pkh", seen.toString());
    failures += remote(address, "jobs");
    failures += remote(address, "catalog");
    failures += remote(address, "stats");
    try (PackhouseClient client = PackhouseClient.connect(address)) {
      client.retrying(() -> client.admin().drain(DrainRequest.getDefaultInstance()));
    }
    daemon.join(PATIENCE_MILLIS);
    return failures + (end[0] == 0 ? 0 : 1);
  }

  private static int remote(String address, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("--daemon", address));
    all.addAll(Arrays.asList(arguments));
    return AotTraining.run(all.toArray(String[]::new));
  }
}
