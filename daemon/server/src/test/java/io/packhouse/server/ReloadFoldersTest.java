package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.WaitOperationRequest;
import io.grpc.ManagedChannel;
import io.packhouse.server.access.Tokens;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.config.ConfigurationFile;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.Archive;
import io.packhouse.v1.ArchiveServiceGrpc;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.ReloadRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders and roots that a running daemon is given and taken away. */
class ReloadFoldersTest {
  private static final int BIG = 64 << 20;

  @TempDir Path folder;
  private Path file;
  private Daemon daemon;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("c.toml");
    byte[] big = new byte[BIG];
    new Random(1).nextBytes(big);
    Archives.pack(folder.resolve("a/x.pkh"), Map.of("big", big));
    Archives.pack(folder.resolve("b/y.pkh"), Map.of("f", new byte[3]));
    Files.createDirectories(folder.resolve("root/tree"));
    configure("[catalog.a]\npath = '" + folder.resolve("a") + "'\n");
    var source = (DaemonOptions.ConfigurationSource) () -> ConfigurationFile.read(file, Map.of());
    daemon =
        Daemon.start(
            source.read(),
            Parts.of(source.read()),
            new DaemonOptions(Tokens.NONE, source, Clock.systemUTC()));
    channel = Daemons.connect(daemon.endpoints().getFirst());
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    daemon.close();
  }

  private void configure(String more) throws Exception {
    Files.writeString(
        file,
        "listen = ['unix:"
            + folder.resolve("d.sock")
            + "']\nstate = '"
            + folder.resolve("state")
            + "'\n"
            + more);
  }

  private List<String> archives() {
    return CatalogServiceGrpc.newBlockingStub(channel)
        .listArchives(ListArchivesRequest.getDefaultInstance())
        .getArchivesList()
        .stream()
        .map(Archive::getName)
        .toList();
  }

  private Iterator<ReadEntriesResponse> read(String archive, String path) {
    return EntryServiceGrpc.newBlockingStub(channel)
        .readEntries(
            ReadEntriesRequest.newBuilder()
                .setArchive(archive)
                .addRanges(EntryRange.newBuilder().setPath(path))
                .build());
  }

  private Operation pack() {
    Operation operation =
        ArchiveServiceGrpc.newBlockingStub(channel)
            .packArchive(
                PackArchiveRequest.newBuilder()
                    .setArchive("b/z.pkh")
                    .addInputs(
                        PackInput.newBuilder().setPath(folder.resolve("root/tree").toString()))
                    .build());
    return OperationsGrpc.newBlockingStub(channel)
        .waitOperation(WaitOperationRequest.newBuilder().setName(operation.getName()).build());
  }

  @Test
  void foldersAndRootsChangeAtOnce() throws Exception {
    assertThat(archives()).containsExactly("a/x.pkh");
    assertThatThrownBy(this::pack).hasMessageContaining("is under no root");
    // Flow control keeps most of it in the daemon until it is asked for.
    Iterator<ReadEntriesResponse> reading = read("a/x.pkh", "big");
    long bytes = reading.next().getData().size();
    configure(
        "[catalog.b]\npath = '"
            + folder.resolve("b")
            + "'\nwritable = true\n[roots.r]\npath = '"
            + folder.resolve("root")
            + "'\n");
    var reloaded =
        AdminServiceGrpc.newBlockingStub(channel).reload(ReloadRequest.getDefaultInstance());
    assertThat(reloaded.getAppliedList())
        .containsExactly(
            "catalog.a.path",
            "catalog.a.writable",
            "catalog.b.path",
            "catalog.b.writable",
            "roots.r.path",
            "roots.r.writable");
    assertThat(reloaded.getNeedsRestartList()).isEmpty();
    assertThat(archives()).containsExactly("b/y.pkh");
    assertThatThrownBy(() -> read("a/x.pkh", "big").next()).hasMessageContaining("NOT_FOUND");
    assertThat(read("b/y.pkh", "f").next().getData().size()).isEqualTo(3);
    while (reading.hasNext()) {
      bytes += reading.next().getData().size();
    }
    assertThat(bytes).isEqualTo(BIG);
    assertThat(pack().hasResponse()).isTrue();
    // What the pack used is kept for the next one.
    assertThat(daemon.administration().stats().getMemory())
        .satisfies(
            memory -> {
              assertThat(memory.getPoolBytes()).isPositive();
              assertThat(memory.getPoolUsedBytes()).isZero();
            });
    assertThat(archives()).containsExactly("b/y.pkh", "b/z.pkh");
    configure("");
    daemon.reload();
    assertThat(archives()).isEmpty();
    assertThatThrownBy(this::pack).hasMessageContaining("is under no root");
  }
}
