package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.UploadSettings;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.server.job.JobSettings;
import io.packhouse.server.job.Operations;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DownloadArchiveRequest;
import io.packhouse.v1.DownloadArchiveResponse;
import io.packhouse.v1.GetUploadRequest;
import io.packhouse.v1.TransferServiceGrpc;
import io.packhouse.v1.UploadArchiveRequest;
import io.packhouse.v1.UploadArchiveResponse;
import io.packhouse.v1.UploadArchiveStart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferGrpcTest {
  private final PackResources resources = new PackResources(16 << 20);

  private static final String NAME = "rel/up/new.pkh";

  @TempDir private Path temp;
  private byte[] bytes;
  private String id;
  private DirectoryCatalog catalog;
  private Uploads uploads;
  private Operations operations;
  private TestServer server;
  private TransferServiceGrpc.TransferServiceBlockingStub stub;

  @BeforeEach
  void start() throws Exception {
    byte[] contents = new byte[3_000_000];
    new Random(5).nextBytes(contents);
    Path made = temp.resolve("rel/a.pkh");
    Archives.pack(made, Map.of("a/f.bin", contents, "t", new byte[10_000]));
    Archives.pack(temp.resolve("rel/other.pkh"), Map.of("b", new byte[1]));
    bytes = Files.readAllBytes(made);
    try (ArchiveReader reader = ArchiveReader.open(made)) {
      id = reader.id();
    }
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(List.of(new CatalogFolder("rel", temp.resolve("rel"), true))));
    uploads = new Uploads(UploadSettings.in(temp.resolve("state")), catalog);
    operations =
        new Operations(JobSettings.in(temp.resolve("jobs")), Failures::toRpcStatus, _ -> {});
    ArchiveGrpc.Work work =
        new ArchiveGrpc.Work(2, 448 << 20, 64 << 20, 16 << 20, resources, "test");
    PackStreams streams =
        new PackStreams(operations, catalog, ExtractorHost.NONE, work, temp.resolve("jobs"));
    server = new TestServer(new TransferGrpc(catalog, uploads, streams));
    stub = TransferServiceGrpc.newBlockingStub(server.channel());
  }

  @AfterEach
  void allLeasesAreGivenBack() {
    server.close();
    operations.close();
    uploads.close();
    assertThat(catalog.leases()).isZero();
    catalog.close();
    assertThat(resources.lentCount()).isZero();
    resources.close();
  }

  private static Status.Code code(ThrowingCallable call) {
    Throwable failure = org.assertj.core.api.Assertions.catchThrowable(call);
    return Status.fromThrowable(failure).getCode();
  }

  private static byte[] all(Iterator<DownloadArchiveResponse> responses) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    boolean first = true;
    while (responses.hasNext()) {
      DownloadArchiveResponse response = responses.next();
      assertThat(response.hasArchive()).isEqualTo(first);
      first = false;
      all.writeBytes(response.getData().toByteArray());
    }
    assertThat(first).isFalse();
    return all.toByteArray();
  }

  private UploadArchiveStart.Builder startOf(byte[] archive) {
    return UploadArchiveStart.newBuilder().setArchive(NAME).setId(id).setLength(archive.length);
  }

  private long arrived() {
    return stub.getUpload(GetUploadRequest.newBuilder().setArchive(NAME).setId(id).build())
        .getOffset();
  }

  private Archive upload(UploadArchiveStart start, byte[] data)
      throws InterruptedException, StatusException, java.util.concurrent.TimeoutException {
    BlockingClientCall<UploadArchiveRequest, UploadArchiveResponse> call =
        TransferServiceGrpc.newBlockingV2Stub(server.channel()).uploadArchive();
    boolean open = call.write(UploadArchiveRequest.newBuilder().setStart(start).build());
    for (int at = 0; open && at < data.length; at += 100_000) {
      ByteString piece = ByteString.copyFrom(data, at, Math.min(100_000, data.length - at));
      open = call.write(UploadArchiveRequest.newBuilder().setData(piece).build());
    }
    call.halfClose();
    return call.read(60, TimeUnit.SECONDS).getArchive();
  }

  private List<Path> kept() throws IOException {
    try (var files = Files.list(temp.resolve("state"))) {
      return files.toList();
    }
  }

  @Test
  void downloadHasEveryByteWholeAndInParts() {
    DownloadArchiveRequest.Builder request =
        DownloadArchiveRequest.newBuilder().setArchive("rel/a.pkh");

    assertThat(all(stub.downloadArchive(request.build()))).isEqualTo(bytes);
    assertThat(all(stub.downloadArchive(request.setId(id).setOffset(1_000_001).build())))
        .isEqualTo(Arrays.copyOfRange(bytes, 1_000_001, bytes.length));
    assertThat(all(stub.downloadArchive(request.setOffset(5).setLength(7).build())))
        .isEqualTo(Arrays.copyOfRange(bytes, 5, 12));
    assertThat(all(stub.downloadArchive(request.setOffset(bytes.length).clearLength().build())))
        .isEmpty();
  }

  @Test
  void downloadRefusesRangesOutsideAndAnotherArchive() {
    DownloadArchiveRequest.Builder request =
        DownloadArchiveRequest.newBuilder().setArchive("rel/a.pkh");

    assertThat(
            code(() -> stub.downloadArchive(request.setOffset(bytes.length + 1L).build()).next()))
        .isEqualTo(Status.Code.OUT_OF_RANGE);
    assertThat(
            code(
                () ->
                    stub.downloadArchive(request.setOffset(0).setId("0".repeat(64)).build())
                        .next()))
        .isEqualTo(Status.Code.ABORTED);
  }

  @Test
  void uploadAppearsWhenItIsWhole() throws Exception {
    Archive archive = upload(startOf(bytes).build(), bytes);

    assertThat(archive.getName()).isEqualTo(NAME);
    assertThat(archive.getId()).isEqualTo(id);
    assertThat(temp.resolve("rel/up/new.pkh")).hasBinaryContent(bytes);
    assertThat(kept()).isEmpty();
    catalog.open(io.packhouse.server.catalog.ArchiveName.parse(NAME)).close();
    // The same archive once more is no error: the answer may have been lost.
    assertThat(upload(startOf(bytes).build(), bytes).getId()).isEqualTo(id);
  }

  @Test
  void uploadGoesOnWhereItBroke() throws Exception {
    BlockingClientCall<UploadArchiveRequest, UploadArchiveResponse> call =
        TransferServiceGrpc.newBlockingV2Stub(server.channel()).uploadArchive();
    call.write(UploadArchiveRequest.newBuilder().setStart(startOf(bytes)).build());
    call.write(
        UploadArchiveRequest.newBuilder().setData(ByteString.copyFrom(bytes, 0, 700_000)).build());
    awaitArrived(700_000);
    call.cancel("broken", null);
    Caller other = new Caller("token:o", Role.PACK, Set.of());

    assertThat(arrived()).isEqualTo(700_000);
    assertThat(
            TransferServiceGrpc.newBlockingStub(server.channel(other))
                .getUpload(GetUploadRequest.newBuilder().setArchive(NAME).setId(id).build())
                .getOffset())
        .isZero();
    Archive archive =
        upload(
            startOf(bytes).setOffset(700_000).build(),
            Arrays.copyOfRange(bytes, 700_000, bytes.length));
    assertThat(archive.getId()).isEqualTo(id);
    assertThat(temp.resolve("rel/up/new.pkh")).hasBinaryContent(bytes);
    assertThat(kept()).isEmpty();
  }

  private void awaitArrived(long count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (arrived() < count) {
      assertThat(System.nanoTime()).as("nothing arrives").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void newCallTakesOverFromOneThatHangs() throws Exception {
    BlockingClientCall<UploadArchiveRequest, UploadArchiveResponse> hanging =
        TransferServiceGrpc.newBlockingV2Stub(server.channel()).uploadArchive();
    hanging.write(UploadArchiveRequest.newBuilder().setStart(startOf(bytes)).build());
    hanging.write(
        UploadArchiveRequest.newBuilder().setData(ByteString.copyFrom(bytes, 0, 10)).build());
    awaitArrived(10);

    assertThat(upload(startOf(bytes).build(), bytes).getId()).isEqualTo(id);
    hanging.write(
        UploadArchiveRequest.newBuilder().setData(ByteString.copyFrom(bytes, 10, 10)).build());
    assertThat(code(() -> hanging.read(60, TimeUnit.SECONDS))).isEqualTo(Status.Code.ABORTED);
    assertThat(temp.resolve("rel/up/new.pkh")).hasBinaryContent(bytes);
  }

  @Test
  void damagedUploadLeavesNothing() throws Exception {
    byte[] damaged = bytes.clone();
    damaged[bytes.length / 2] ^= 1;

    assertThat(code(() -> upload(startOf(damaged).build(), damaged)))
        .isEqualTo(Status.Code.DATA_LOSS);
    assertThat(temp.resolve("rel/up/new.pkh")).doesNotExist();
    assertThat(kept()).isEmpty();
  }

  @Test
  void anotherArchiveThanAnnouncedLeavesNothing() throws Exception {
    byte[] other = Files.readAllBytes(temp.resolve("rel/other.pkh"));

    assertThat(code(() -> upload(startOf(other).build(), other))).isEqualTo(Status.Code.DATA_LOSS);
    assertThat(temp.resolve("rel/up/new.pkh")).doesNotExist();
    assertThat(kept()).isEmpty();
  }

  @Test
  void tooManyAndTooFewBytesAreRefused() throws Exception {
    assertThat(code(() -> upload(startOf(bytes).setLength(bytes.length - 1L).build(), bytes)))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(kept()).isEmpty();

    assertThat(code(() -> upload(startOf(bytes).build(), Arrays.copyOf(bytes, 1_000))))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(arrived()).isEqualTo(1_000);
    assertThat(code(() -> upload(startOf(bytes).setOffset(1_001).build(), new byte[0])))
        .isEqualTo(Status.Code.OUT_OF_RANGE);
    assertThat(temp.resolve("rel/up/new.pkh")).doesNotExist();
  }

  @Test
  void existingArchiveIsReplacedOnlyByForce() throws Exception {
    UploadArchiveStart.Builder start = startOf(bytes).setArchive("rel/other.pkh");
    byte[] before = Files.readAllBytes(temp.resolve("rel/other.pkh"));

    assertThat(code(() -> upload(start.build(), bytes))).isEqualTo(Status.Code.ALREADY_EXISTS);
    assertThat(temp.resolve("rel/other.pkh")).hasBinaryContent(before);
    assertThat(upload(start.setForce(true).build(), bytes).getId()).isEqualTo(id);
    assertThat(temp.resolve("rel/other.pkh")).hasBinaryContent(bytes);
  }

  @Test
  void streamsThatMakeNoSenseAreInvalid() {
    for (UploadArchiveStart start :
        List.of(
            startOf(bytes).setId("xyz").build(),
            startOf(bytes).setLength(0).build(),
            startOf(bytes).setOffset(-1).build(),
            startOf(bytes).setArchive("rel/../x.pkh").build())) {
      assertThat(code(() -> upload(start, bytes))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(code(() -> upload(startOf(bytes).setArchive("none/x.pkh").build(), bytes)))
        .isEqualTo(Status.Code.NOT_FOUND);
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> stub.getUpload(GetUploadRequest.newBuilder().setArchive(NAME).build()));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void whatNobodyGoesOnWithIsSweptAfterADay() throws Exception {
    assertThat(code(() -> upload(startOf(bytes).build(), Arrays.copyOf(bytes, 1_000))))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    uploads.sweep();
    assertThat(kept()).hasSize(1);
    Files.setLastModifiedTime(
        kept().getFirst(), FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    uploads.sweep();
    assertThat(kept()).isEmpty();
  }
}
