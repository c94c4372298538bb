package io.packhouse.server;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.sql.SqlSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A real daemon with an archive in each of two folders, whose tables are there once the first query
 * that waits for them is answered; and a token for each folder.
 */
final class FlightSqlDaemon implements AutoCloseable {
  static final int PACKAGES = 40;

  private final Daemon daemon;
  private final String mine;
  private final String theirs;

  private FlightSqlDaemon(Daemon daemon, String mine, String theirs) {
    this.daemon = daemon;
    this.mine = mine;
    this.theirs = theirs;
  }

  /** Starts one; where it is insecure, anybody on the machine may call. */
  static FlightSqlDaemon start(Path folder, boolean insecure) throws Exception {
    Path tokens = folder.resolve("tokens");
    TokenFile file = TokenFile.open(tokens, Clock.systemUTC());
    SecureRandom random = new SecureRandom();
    String mine = file.create("mine", new Grant(Role.READ, List.of("a")), null, random);
    String theirs = file.create("theirs", new Grant(Role.READ, List.of("b")), null, random);
    pack(folder, "a/x.pkh", "lib", PACKAGES);
    pack(folder, "b/secret.pkh", "secret", 1);
    Files.write(folder.resolve("b/secret-damaged.pkh"), new byte[1_000]);
    Configuration configuration =
        Daemons.inFolder(
            folder,
            new AccessSettings(insecure ? null : tokens, insecure, Map.of(), Map.of(), Map.of()),
            Map.of(),
            new SqlSettings(2, 16, 512L << 20, 64 << 20, 1L << 30, Duration.ofMinutes(1), 1L << 30),
            "tcp://127.0.0.1:0");
    return new FlightSqlDaemon(
        Daemon.start(configuration, Parts.of(configuration), DaemonOptions.fixed(configuration)),
        mine,
        theirs);
  }

  private static void pack(Path folder, String archive, String name, int packages)
      throws Exception {
    Path tree = Files.createTempDirectory(folder, "tree");
    for (int i = 0; i < packages; i++) {
      Path dir = Files.createDirectories(tree.resolve("org/example/" + name + i + "/1." + i));
      Files.writeString(
          dir.resolve(name + i + "-1." + i + ".pom"),
          "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>"
              + name
              + i
              + "</artifactId><version>1."
              + i
              + "</version></project>");
    }
    PackOptions options =
        PackOptions.defaults()
            .withExtractors(
                ExtractorHost.of(
                    ExtractorHost.builtIn().stream().map(found -> found.extractor()).toList()));
    Path file = folder.resolve(archive);
    Files.createDirectories(file.getParent());
    new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE).pack(file);
  }

  int port() {
    Endpoint endpoint = daemon.endpoints().getFirst();
    String text = endpoint.toString();
    return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
  }

  /** A token of who sees folder a. */
  String mine() {
    return mine;
  }

  /** A token of who sees folder b. */
  String theirs() {
    return theirs;
  }

  /** Counts something. */
  interface Count {
    long get() throws Exception;
  }

  /** Waits until a count is as expected; tables are made in the background. */
  static void await(long expected, Count count) throws Exception {
    while (count.get() != expected) {
      Thread.sleep(50);
    }
  }

  @Override
  public void close() throws IOException {
    daemon.close();
  }
}
