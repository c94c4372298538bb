package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.UploadSettings;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.server.job.JobSettings;
import io.packhouse.server.job.Operations;
import io.packhouse.v1.EntryType;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamFinish;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.StreamEntry;
import io.packhouse.v1.TransferServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class PackStreamTest {
  private final PackResources resources = new PackResources(16 << 20);

  @TempDir Path temporary;

  private Path folder;
  private DirectoryCatalog catalog;
  private Operations operations;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(temporary.resolve("main"));
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(List.of(new CatalogFolder("main", folder, true))));
    Path state = Files.createDirectory(temporary.resolve("state"));
    operations = new Operations(JobSettings.in(state), Failures::toRpcStatus, _ -> {});
    ArchiveGrpc.Work work =
        new ArchiveGrpc.Work(2, 448 << 20, 64 << 20, 16 << 20, resources, "test");
    server =
        new TestServer(
            new TransferGrpc(
                catalog,
                new Uploads(UploadSettings.in(state), catalog),
                new PackStreams(operations, catalog, ExtractorHost.NONE, work, state)));
  }

  @AfterEach
  void stop() {
    server.close();
    operations.close();
    catalog.close();
    assertThat(resources.lentCount()).isZero();
    resources.close();
  }

  private BlockingClientCall<PackStreamRequest, PackStreamResponse> call() {
    return TransferServiceGrpc.newBlockingV2Stub(server.channel()).packStream();
  }

  private static PackStreamRequest start(String archive) {
    return PackStreamRequest.newBuilder()
        .setStart(PackStreamStart.newBuilder().setArchive(archive))
        .build();
  }

  private static PackStreamRequest entry(String path, EntryType type, long size) {
    return PackStreamRequest.newBuilder()
        .setEntry(
            StreamEntry.newBuilder()
                .setPath(ByteString.copyFromUtf8(path))
                .setType(type)
                .setSize(size)
                .setMode(0644)
                .setUid(1000)
                .setUser("ann"))
        .build();
  }

  private static PackStreamRequest data(byte[] bytes) {
    return PackStreamRequest.newBuilder().setData(ByteString.copyFrom(bytes)).build();
  }

  private static PackStreamRequest finish(long entries) {
    return PackStreamRequest.newBuilder()
        .setFinish(PackStreamFinish.newBuilder().setEntries(entries))
        .build();
  }

  private static final PackStreamRequest ROOT = entry("", EntryType.ENTRY_TYPE_DIRECTORY, 0);

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    return noise;
  }

  /** Sends a tree of a small and a big file. */
  private static void sendTree(
      BlockingClientCall<PackStreamRequest, PackStreamResponse> call, String archive)
      throws Exception {
    byte[] big = noise(9_000_001);
    call.write(start(archive));
    call.write(ROOT);
    call.write(entry("big", EntryType.ENTRY_TYPE_FILE, big.length));
    for (int at = 0; at < big.length; at += 1 << 20) {
      call.write(data(java.util.Arrays.copyOfRange(big, at, Math.min(big.length, at + (1 << 20)))));
    }
    call.write(entry("dir", EntryType.ENTRY_TYPE_DIRECTORY, 0));
    call.write(entry("dir/small", EntryType.ENTRY_TYPE_FILE, 5));
    call.write(data("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    call.write(finish(4));
    call.halfClose();
  }

  private static void check(Path archive) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      Entry small = Objects.requireNonNull(reader.find("dir/small"));
      assertThat(reader.readAllBytes(small, 100)).asString().isEqualTo("hello");
      assertThat(small.user()).isEqualTo("ann");
      assertThat(small.uid()).isEqualTo(1000);
      assertThat(small.gid()).isEqualTo(Entry.NOT_RECORDED);
      Entry big = Objects.requireNonNull(reader.find("big"));
      assertThat(reader.readAllBytes(big, 10_000_000)).isEqualTo(noise(9_000_001));
    }
  }

  @Test
  void aTreeThatAClientSendsIsPackedIntoTheCatalog() throws Exception {
    var call = call();
    sendTree(call, "main/sent.pkh");
    PackArchiveResponse report = null;
    for (PackStreamResponse next = call.read(); next != null; next = call.read()) {
      report = next.hasReport() ? next.getReport() : report;
    }
    assertThat(Objects.requireNonNull(report).getFiles()).isEqualTo(2);
    assertThat(report.getArchive()).isEqualTo("main/sent.pkh");
    check(folder.resolve("sent.pkh"));
  }

  @Test
  void anArchiveWithoutANameComesBack() throws Exception {
    var call = call();
    Thread sender =
        Thread.startVirtualThread(
            () -> {
              try {
                sendTree(call, "");
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    PackArchiveResponse report = null;
    for (PackStreamResponse next = call.read(); next != null; next = call.read()) {
      next.getData().writeTo(archive);
      report = next.hasReport() ? next.getReport() : report;
    }
    sender.join();
    assertThat(Objects.requireNonNull(report).getSizeBytes()).isEqualTo(archive.size());
    Path file = Files.write(temporary.resolve("back.pkh"), archive.toByteArray());
    check(file);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  private void assertRefused(Status.Code code, String why, PackStreamRequest... requests) {
    var call = call();
    assertThatThrownBy(
            () -> {
              for (PackStreamRequest request : requests) {
                call.write(request);
              }
              call.halfClose();
              while (call.read() != null) {}
            })
        .isInstanceOfSatisfying(
            StatusException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
        .hasMessageContaining(why);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void streamsThatAreNoTreeAreRefusedAndLeaveNothing() {
    assertRefused(Status.Code.INVALID_ARGUMENT, "start");
    assertRefused(Status.Code.INVALID_ARGUMENT, "start", ROOT);
    assertRefused(Status.Code.INVALID_ARGUMENT, "archive", start("main/../x.pkh"));
    PackStreamRequest start = start("main/a.pkh");
    assertRefused(Status.Code.FAILED_PRECONDITION, "without its finish", start, ROOT);
    assertRefused(Status.Code.FAILED_PRECONDITION, "2 entries", start, ROOT, finish(2));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "in no directory",
        start,
        ROOT,
        entry("a/b", EntryType.ENTRY_TYPE_FILE, 0),
        finish(2));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "longer than its size",
        start,
        ROOT,
        entry("a", EntryType.ENTRY_TYPE_FILE, 3),
        data(new byte[4]),
        finish(2));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "before its size",
        start,
        ROOT,
        entry("a", EntryType.ENTRY_TYPE_FILE, 5),
        data(new byte[4]),
        finish(2));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "no tree has",
        start,
        ROOT,
        entry("a", EntryType.ENTRY_TYPE_NESTED, 0));
  }

  @Test
  void aClientThatGoesAwayLeavesNothing() throws Exception {
    var call = call();
    call.write(start("main/a.pkh"));
    call.write(ROOT);
    call.write(entry("big", EntryType.ENTRY_TYPE_FILE, 1L << 40));
    call.write(data(noise(1 << 20)));
    // Or the server might hear of the end before it hears of the beginning.
    while (operations.counts().running() == 0) {
      Thread.sleep(5);
    }
    call.cancel("gone", null);
    while (operations.counts().cancelled() + operations.counts().failed() == 0) {
      Thread.sleep(5);
    }
    operations.close();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
    assertThat(operations.counts().running()).isZero();
  }

  @Test
  void progressNamesTheFileThatIsPacked() throws Exception {
    var call = call();
    byte[] big = noise(4 << 20);
    call.write(start("main/a.pkh"));
    call.write(ROOT);
    call.write(entry("big", EntryType.ENTRY_TYPE_FILE, big.length));
    for (int at = 0; at < big.length; at += 1 << 20) {
      call.write(data(java.util.Arrays.copyOfRange(big, at, at + (1 << 20))));
    }
    // The rest is sent once the daemon has told of this one.
    call.write(entry("next", EntryType.ENTRY_TYPE_FILE, 1));
    PackStreamResponse told = Objects.requireNonNull(call.read());
    while (told.getProgress().getCurrentPath().isEmpty()) {
      told = Objects.requireNonNull(call.read());
    }
    assertThat(told.getProgress().getCurrentPath()).isEqualTo("big");
    call.write(data(new byte[1]));
    call.write(finish(3));
    call.halfClose();
    while (!told.hasReport()) {
      told = Objects.requireNonNull(call.read());
    }
    assertThat(told.getReport().getFiles()).isEqualTo(2);
  }
}
