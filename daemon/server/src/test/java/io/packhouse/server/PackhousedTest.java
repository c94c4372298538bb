package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.packhouse.server.access.Tokens;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.config.ConfigurationFile;
import io.packhouse.server.net.Endpoint;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.DrainRequest;
import io.packhouse.v1.ListExtractorsRequest;
import io.packhouse.v1.ListExtractorsResponse;
import io.packhouse.v1.PluginServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackhousedTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();

  private int run(String... arguments) {
    return Packhoused.run(
        List.of(arguments),
        environment,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void helpAndVersionArePrinted() {
    assertThat(run("--help")).isZero();
    assertThat(out()).startsWith("Usage: packhoused");
    assertThat(run("--version")).isZero();
    assertThat(out()).containsPattern("packhoused [0-9]+\\.");
  }

  @Test
  void mistakesOfUsageAreOneLine() {
    for (String[] arguments :
        new String[][] {
          {"--nope"},
          {"serve"},
          {"--listen"},
          {"--listen", "x"},
          {"--help=yes"},
          {"--catalog", "/a/x", "--catalog", "/b/x"},
          {"--listen", "tcp://0.0.0.0:0"},
          {"--listen", "tcp://0.0.0.0:0", "--insecure-no-auth"},
          {"--config", "/nowhere.toml"},
        }) {
      err.reset();
      environment.put("PACKHOUSED_STATE", folder.resolve("state").toString());
      assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(2);
      assertThat(err()).startsWith("packhoused: ").endsWith("\n").containsOnlyOnce("\n");
    }
  }

  @Test
  void checkedConfigurationIsPrinted() throws Exception {
    Path file = Files.writeString(folder.resolve("c.toml"), "[calls]\ncalls = 3\n");
    environment.put("PACKHOUSED_DRAIN_TIMEOUT", "7s");
    assertThat(run("--config", file.toString(), "--check-config", "--catalog", "rel=/srv/r"))
        .isZero();
    assertThat(out())
        .contains("calls = 3\n")
        .contains("drain-timeout = \"7s\"\n")
        .contains("[catalog.\"rel\"]\npath = \"/srv/r\"\nwritable = true\n");

    Files.writeString(file, "[calls]\ncals = 3\n");
    assertThat(run("--config", file.toString(), "--check-config")).isEqualTo(2);
    assertThat(err())
        .isEqualTo(
            "packhoused: "
                + file
                + ", line 2: calls.cals: is no key of the configuration; the nearest is"
                + " calls.calls\n");
  }

  @Test
  void foregroundDaemonSaysWhereItListensAndWithWhichToken() throws Exception {
    environment.put("PACKHOUSED_STATE", folder.resolve("state").toString());
    Path archives = Files.createDirectories(folder.resolve("archives"));
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(
            () -> run("--listen", "tcp://127.0.0.1:0", "--catalog", archives.toString()));
    Matcher matcher = Pattern.compile("on (\\S+)\ntoken for TCP, .*: (\\S+)\n").matcher("");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!matcher.reset(out()).find()) {
      assertThat(exit).as(err()).isNotDone();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
    ManagedChannel channel = Daemons.connect(Endpoint.parse(matcher.group(1)));
    try {
      var token = Daemons.bearer(matcher.group(2));
      ListExtractorsResponse extractors =
          PluginServiceGrpc.newBlockingStub(channel)
              .withCallCredentials(token)
              .listExtractors(ListExtractorsRequest.getDefaultInstance());
      assertThat(extractors.getFailuresList()).isEmpty();
      assertThat(extractors.getExtractorsList())
          .extracting(extractor -> extractor.getPackageType())
          .contains("maven", "npm")
          .isSorted();
      assertThat(extractors.getExtractors(0).getOrigin()).isEqualTo("built in");
      assertThat(extractors.getExtractors(0).getColumns(0).getMeaning()).isNotEmpty();
      AdminServiceGrpc.newBlockingStub(channel)
          .withCallCredentials(token)
          .drain(DrainRequest.getDefaultInstance());
      assertThat(exit.get(30, TimeUnit.SECONDS)).isZero();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void verificationNamesWhatIsDamaged() throws Exception {
    Path archives = folder.resolve("archives");
    byte[] contents = new byte[100_000];
    new Random(7).nextBytes(contents);
    Archives.pack(archives.resolve("good.pkh"), Map.of("f", contents));
    String catalog = "a=" + archives;
    assertThat(run("--verify", "--catalog", catalog)).as(err()).isZero();
    assertThat(out()).matches("verified 1 archives, [0-9]+ bytes, in [0-9.]+ s: all intact\n");

    Path bad = archives.resolve("x/bad.pkh");
    Archives.pack(bad, Map.of("f", contents));
    byte[] bytes = Files.readAllBytes(bad);
    bytes[50_000] ^= 1;
    Files.write(bad, bytes);
    Files.writeString(archives.resolve("none.pkh"), "no archive");
    environment.put("JOURNAL_STREAM", "1:2");
    assertThat(run("--verify", "--catalog", catalog)).isEqualTo(5);
    assertThat(err().lines())
        .hasSizeGreaterThanOrEqualTo(3)
        .allMatch(line -> line.startsWith("<3>"))
        .anyMatch(line -> line.startsWith("<3>a/x/bad.pkh: damaged: "))
        .anyMatch(line -> line.startsWith("<3>a/none.pkh: "))
        .last()
        .asString()
        .endsWith("s: 2 are not intact");
    assertThat(run("--verify", "--catalog", "b=" + folder.resolve("gone"))).isEqualTo(3);
  }

  @Test
  void reloadIsAskedForAndItsOutcomeSaid() throws Exception {
    Path socket = folder.resolve("d.sock");
    Path file = Files.writeString(folder.resolve("c.toml"), "listen = ['unix:" + socket + "']\n");
    String[] reload = {"--config", file.toString(), "--reload"};
    assertThat(run(reload)).isEqualTo(3);
    assertThat(err()).isEqualTo("packhoused: unix:" + socket + ": no daemon answers\n");
    var source = (DaemonOptions.ConfigurationSource) () -> ConfigurationFile.read(file, Map.of());
    DaemonOptions options = new DaemonOptions(Tokens.NONE, source, Clock.systemUTC());
    try (Daemon _ = Daemon.start(source.read(), List.of(), options)) {
      Files.writeString(file, "drain-timeout = '3s'\n" + Files.readString(file));
      assertThat(run(reload)).as(err()).isZero();
      assertThat(out()).isEqualTo("in force: [drain-timeout]\nneeds a restart: []\n");
    }
    Files.writeString(file, "listen = ['tcp://127.0.0.1:1']\n");
    assertThat(run(reload)).isEqualTo(3);
    assertThat(err()).endsWith("the daemon has no Unix socket to be told at; send it SIGHUP\n");
  }
}
