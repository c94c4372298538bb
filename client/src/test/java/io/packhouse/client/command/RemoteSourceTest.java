package io.packhouse.client.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.client.Cli;
import io.packhouse.client.RunningDaemon;
import io.packhouse.client.Trees;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive that is read where a daemon has it. */
class RemoteSourceTest {
  @TempDir Path temp;
  private RunningDaemon daemon;
  private PackhouseClient client;
  private Path tree;

  @BeforeEach
  void start() throws Exception {
    daemon = RunningDaemon.start(temp);
    client = PackhouseClient.connect(daemon.address());
    tree = Trees.small(temp);
    Files.write(tree.resolve("big"), Trees.noise(2, 20 << 20));
    Cli.pack(tree, daemon.archives().resolve("a.pkh"));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    daemon.close();
  }

  private static byte[] read(ArchiveReader reader, String path) throws IOException {
    Entry entry =
        Objects.requireNonNull(reader.find(path.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    return reader.readAllBytes(entry, 1 << 20);
  }

  @Test
  void onlyWhatIsReadIsFetched() throws Exception {
    RemoteSource source = RemoteSource.of(client, "archives/a.pkh");
    try (ArchiveReader reader = ArchiveReader.open(source, Path.of("a"), ReaderOptions.DEFAULT)) {
      assertThat(read(reader, "noise.bin"))
          .isEqualTo(Files.readAllBytes(tree.resolve("noise.bin")));
      assertThat(source.fetchedBytes()).isPositive().isLessThan(reader.length() / 20);
    }
    assertThat(source.isOpen()).isFalse();
  }

  @Test
  void ofAnArchiveThatReplacedItNothingIsRead() throws Exception {
    RemoteSource source = RemoteSource.of(client, "archives/a.pkh");
    try (ArchiveReader reader = ArchiveReader.open(source, Path.of("a"), ReaderOptions.DEFAULT)) {
      Files.writeString(tree.resolve("more"), "more");
      Files.move(
          Cli.pack(tree, temp.resolve("b.pkh")),
          daemon.archives().resolve("a.pkh"),
          StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> read(reader, "noise.bin")).isInstanceOf(RemoteException.class);
      assertThat(Objects.requireNonNull(source.failure()).code())
          .isEqualTo(com.google.rpc.Code.ABORTED);
    }
  }
}
