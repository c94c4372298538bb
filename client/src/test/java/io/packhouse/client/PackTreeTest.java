package io.packhouse.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Code;
import io.packhouse.remote.LocalTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.remote.TreeOptions;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamStart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library sends trees to a real daemon; the command packs the same ones here. */
class PackTreeTest {
  @TempDir static Path shared;
  private static RunningDaemon daemon;
  private static PackhouseClient client;

  @TempDir Path temp;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    daemon = RunningDaemon.start(shared);
    client = PackhouseClient.connect(daemon.address());
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    client.close();
    daemon.close();
  }

  private static PackStreamStart start(String archive) {
    return PackStreamStart.newBuilder().setArchive(archive).build();
  }

  private String listed(Path tree, Path archive) {
    Path here = Cli.pack(tree, temp.resolve("here.pkh"), "--force");
    assertThat(Cli.packhouse("diff", archive, here).out()).startsWith("0 added, 0 removed, 0 ch");
    assertThat(Cli.packhouse("verify", archive).code()).isZero();
    return Cli.packhouse("ls", "--json", archive).out();
  }

  @Test
  void aTreeArrivesAsItIs() throws Exception {
    Path tree = Trees.small(temp);
    PackArchiveResponse report =
        client
            .transfers()
            .packTree(tree, start("archives/small.pkh"), TreeOptions.ALL, progress -> {});
    assertThat(report.getHardlinks()).isEqualTo(1);
    assertThat(report.getSymlinks()).isEqualTo(3);
    assertThat(listed(tree, daemon.archives().resolve("small.pkh")))
        .contains("\"path\":\"zhard\",\"type\":\"hardlink\"");
    Archive archive =
        client
            .catalog()
            .describeArchive(
                DescribeArchiveRequest.newBuilder().setName("archives/small.pkh").build())
            .getArchive();
    assertThat(archive.getId()).isEqualTo(report.getId());
  }

  @Test
  void theArchiveComesBackWhileTheTreeIsSent() throws Exception {
    Path tree = Files.createDirectory(temp.resolve("big"));
    // More than any window on the way: were one side to wait for the other, this would not end.
    for (int i = 0; i < 12; i++) {
      byte[] noise = new byte[4 << 20];
      new Random(i).nextBytes(noise);
      Files.write(tree.resolve("noise-" + i), noise);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<Long> seen = new ArrayList<>();
    PackArchiveResponse report =
        client
            .transfers()
            .packTrees(
                List.of(LocalTree.of(tree)),
                start(""),
                TreeOptions.ALL,
                Channels.newChannel(out),
                progress -> seen.add(progress.getBytesDone()));
    assertThat(report.getSizeBytes()).isEqualTo(out.size());
    assertThat(seen).isSorted();
    Path archive = Files.write(temp.resolve("back.pkh"), out.toByteArray());
    listed(tree, archive);
  }

  @Test
  void namesInAnyBytesAndInAnyOrderArrive() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Path tree = Files.createDirectory(temp.resolve("names"));
    String[] parts = {"a", "a-b", "b", "z", "é", "Ω", "a.b", " ", "~", "A", "%41", "?"};
    for (int i = 0; i < 200; i++) {
      Path at = tree;
      for (int depth = random.nextInt(4); depth > 0; depth--) {
        at = at.resolve("d" + parts[random.nextInt(parts.length)]);
      }
      Files.createDirectories(at);
      Files.writeString(at.resolve("f" + parts[random.nextInt(parts.length)]), "x" + i);
    }
    raw(tree, new byte[] {'n', (byte) 0xff, (byte) 0xe9, '!'});
    client.transfers().packTree(tree, start("archives/names.pkh"), TreeOptions.ALL, progress -> {});
    assertThat(listed(tree, daemon.archives().resolve("names.pkh"))).contains("n\\\\xff\\\\xe9!");
  }

  /** Java makes no such names. */
  private static void raw(Path folder, byte[] name) throws Exception {
    StringBuilder escaped = new StringBuilder();
    for (byte each : name) {
      escaped.append(String.format("\\%03o", each & 0xff));
    }
    String script = "printf content > \"$(printf '" + escaped + "')\"";
    Process shell = new ProcessBuilder("sh", "-c", script).directory(folder.toFile()).start();
    assertThat(shell.waitFor())
        .as(new String(shell.getErrorStream().readAllBytes(), ISO_8859_1))
        .isZero();
  }

  @Test
  void whatTheDaemonRefusesIsSaidAndWhatCannotBeWrittenToo() throws Exception {
    Path tree = Trees.small(temp);
    assertThatThrownBy(
            () ->
                client
                    .transfers()
                    .packTree(tree, start("nowhere/x.pkh"), TreeOptions.ALL, progress -> {}))
        .isInstanceOfSatisfying(
            RemoteException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    WritableByteChannel full =
        Channels.newChannel(
            new java.io.OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("full");
              }
            });
    assertThatThrownBy(
            () ->
                client
                    .transfers()
                    .packTrees(
                        List.of(LocalTree.of(tree)),
                        start(""),
                        TreeOptions.ALL,
                        full,
                        progress -> {}))
        .hasMessage("full");
    assertThatThrownBy(
            () ->
                client
                    .transfers()
                    .packTree(
                        tree.resolve("nothing"),
                        start("archives/file.pkh"),
                        TreeOptions.ALL,
                        progress -> {}))
        .isInstanceOf(NotDirectoryException.class);
    assertThat(daemon.archives().resolve("file.pkh")).doesNotExist();
  }

  @Test
  void socketsAreNamedAndLeftOut() throws Exception {
    Path tree = Files.createDirectory(temp.resolve("s"));
    Files.write(tree.resolve("file"), "content".getBytes(UTF_8));
    List<String> skipped = new ArrayList<>();
    try (var socket =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      socket.bind(java.net.UnixDomainSocketAddress.of(tree.resolve("sock")));
      TreeOptions options =
          new TreeOptions(TreeOptions.ALL.filter(), false, false, null, skipped::add);
      client.transfers().packTree(tree, start("archives/s.pkh"), options, progress -> {});
    }
    assertThat(skipped).containsExactly("sock");
    assertThat(daemon.run("ls", "archives/s.pkh").lines()).containsExactly(".", "file");
  }
}
