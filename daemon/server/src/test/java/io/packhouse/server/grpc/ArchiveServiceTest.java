package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc.OperationsBlockingStub;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.job.JobSettings;
import io.packhouse.server.job.Operations;
import io.packhouse.server.roots.RootSettings;
import io.packhouse.server.roots.Roots;
import io.packhouse.v1.ArchiveServiceGrpc;
import io.packhouse.v1.ArchiveServiceGrpc.ArchiveServiceBlockingStub;
import io.packhouse.v1.DiffArchivesRequest;
import io.packhouse.v1.DiffArchivesResponse;
import io.packhouse.v1.Difference;
import io.packhouse.v1.ExtractArchiveRequest;
import io.packhouse.v1.ExtractArchiveResponse;
import io.packhouse.v1.OperationMetadata;
import io.packhouse.v1.OperationServiceGrpc;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.PackOptions;
import io.packhouse.v1.Priority;
import io.packhouse.v1.Progress;
import io.packhouse.v1.VerifyArchiveRequest;
import io.packhouse.v1.VerifyArchiveResponse;
import io.packhouse.v1.WatchOperationRequest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveServiceTest {
  private final PackResources resources = new PackResources(16 << 20);

  @TempDir Path temporary;

  private Path folder;
  private Path tree;
  private DirectoryCatalog catalog;
  private Operations operations;
  private WatchGrpc watch;
  private TestServer services;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(temporary.resolve("archives"));
    tree = Files.createDirectories(temporary.resolve("roots/tree"));
    Files.writeString(Files.createDirectory(tree.resolve("a")).resolve("one"), "1");
    Files.writeString(tree.resolve("two"), "22");
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(List.of(new CatalogFolder("main", folder, true))));
    operations =
        new Operations(JobSettings.in(temporary.resolve("state")), Failures::toRpcStatus, _ -> {});
    watch = new WatchGrpc(operations);
    services =
        new TestServer(
            new ArchiveGrpc(
                operations,
                catalog,
                new Roots(
                    SystemFileAccess.instance(),
                    List.of(new RootSettings(temporary.resolve("roots"), true))),
                ExtractorHost.NONE,
                new ArchiveGrpc.Work(2, 448 << 20, 64 << 20, 16 << 20, resources, "test")),
            new OperationsGrpc(operations),
            watch);
  }

  @AfterEach
  void stop() {
    services.close();
    watch.close();
    operations.close();
    catalog.close();
    assertThat(resources.lentCount()).isZero();
    resources.close();
  }

  private static Caller caller(String id, String... folders) {
    return new Caller(id, Role.PACK, Set.of(folders));
  }

  private ArchiveServiceBlockingStub archives(String id) {
    return ArchiveServiceGrpc.newBlockingStub(services.channel(caller(id)));
  }

  private OperationsBlockingStub operations(String id) {
    return com.google.longrunning.OperationsGrpc.newBlockingStub(services.channel(caller(id)));
  }

  private PackArchiveRequest pack(String archive) {
    return PackArchiveRequest.newBuilder()
        .setArchive(archive)
        .addInputs(PackInput.newBuilder().setPath(tree.toString()))
        .build();
  }

  private <R extends Message> R end(Operation operation, Class<R> type) throws IOException {
    Operation end = end(operation);
    assertThat(end.getError()).isEqualTo(com.google.rpc.Status.getDefaultInstance());
    return end.getResponse().unpack(type);
  }

  private Operation end(Operation operation) {
    Operation end =
        operations("ann")
            .waitOperation(WaitOperationRequest.newBuilder().setName(operation.getName()).build());
    assertThat(end.getDone()).isTrue();
    return end;
  }

  private static void assertStatus(Throwable failure, Status.Code code) {
    assertThat(((StatusRuntimeException) failure).getStatus().getCode()).isEqualTo(code);
  }

  @Test
  void packsVerifiesComparesAndExtracts() throws IOException {
    PackArchiveResponse packed =
        end(archives("ann").packArchive(pack("main/deep/a.pkh")), PackArchiveResponse.class);
    assertThat(packed.getFiles()).isEqualTo(2);
    assertThat(packed.getBytes()).isEqualTo(3);
    assertThat(folder.resolve("deep/a.pkh")).hasSize(packed.getSizeBytes());

    Operation verification =
        end(
            archives("ann")
                .verifyArchive(
                    VerifyArchiveRequest.newBuilder().setArchive("main/deep/a.pkh").build()));
    VerifyArchiveResponse verified = verification.getResponse().unpack(VerifyArchiveResponse.class);
    assertThat(verified.getIntact()).isTrue();
    Progress progress = verification.getMetadata().unpack(OperationMetadata.class).getProgress();
    assertThat(progress.getEntriesDone()).isEqualTo(verified.getRows());
    assertThat(progress.getBytesDone()).isEqualTo(verified.getBytes());
    assertThat(verified.getId()).isEqualTo(packed.getId());

    Files.writeString(tree.resolve("two"), "changed");
    DiffArchivesResponse different =
        end(
            archives("ann")
                .diffArchives(
                    DiffArchivesRequest.newBuilder()
                        .setLeft("main/deep/a.pkh")
                        .setRightDirectory(tree.toString())
                        .build()),
            DiffArchivesResponse.class);
    assertThat(different.getSame()).isFalse();
    assertThat(different.getDifferencesList())
        .filteredOn(each -> each.getKind() == Difference.Kind.KIND_CHANGED)
        .extracting(Difference::getPath)
        .containsExactly("two");

    Path destination = temporary.resolve("roots/extracted");
    ExtractArchiveResponse extracted =
        end(
            archives("ann")
                .extractArchive(
                    ExtractArchiveRequest.newBuilder()
                        .setArchive("main/deep/a.pkh")
                        .setDestination(destination.toString())
                        .build()),
            ExtractArchiveResponse.class);
    assertThat(extracted.getFiles()).isEqualTo(2);
    assertThat(destination.resolve("two")).hasContent("22");
  }

  @Test
  void twoArchivesAreCompared() throws IOException {
    end(archives("ann").packArchive(pack("main/a.pkh")), PackArchiveResponse.class);
    Files.writeString(tree.resolve("three"), "333");
    end(archives("ann").packArchive(pack("main/b.pkh")), PackArchiveResponse.class);
    DiffArchivesResponse response =
        end(
            archives("ann")
                .diffArchives(
                    DiffArchivesRequest.newBuilder()
                        .setLeft("main/a.pkh")
                        .setRightArchive("main/b.pkh")
                        .setIgnoreMtimes(true)
                        .build()),
            DiffArchivesResponse.class);
    assertThat(response.getAdded()).isEqualTo(1);
    assertThat(response.getDifferences(0).getPath()).isEqualTo("three");
  }

  @Test
  void allThatIsWrongWithARequestIsNamedAtOnce() {
    PackArchiveRequest request =
        PackArchiveRequest.newBuilder()
            .setArchive("../escape")
            .addInputs(PackInput.newBuilder().setPath("/etc"))
            .setOptions(
                PackOptions.newBuilder()
                    .setLevel(99)
                    .setBlobBytes(5)
                    .addExcludes("")
                    .addDigests("sha1")
                    .addDigests("md5"))
            .setPriority(Priority.PRIORITY_HIGH)
            .build();
    assertThatThrownBy(() -> archives("ann").packArchive(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertStatus(e, Status.Code.INVALID_ARGUMENT);
              List<String> fields = new ArrayList<>();
              for (var detail : StatusProto.fromThrowable(e).getDetailsList()) {
                if (detail.is(BadRequest.class)) {
                  fields.addAll(fields(detail));
                }
              }
              assertThat(fields)
                  .containsExactlyInAnyOrder(
                      "archive",
                      "inputs[0].path",
                      "options.level",
                      "options.blob_bytes",
                      "options.excludes[0]",
                      "options.digests[1]",
                      "priority");
            });
  }

  private static List<String> fields(com.google.protobuf.Any detail) {
    try {
      return detail.unpack(BadRequest.class).getFieldViolationsList().stream()
          .map(BadRequest.FieldViolation::getField)
          .toList();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aMissingArchiveIsSaidAtOnce() {
    VerifyArchiveRequest request =
        VerifyArchiveRequest.newBuilder().setArchive("main/none.pkh").build();
    assertThatThrownBy(() -> archives("ann").verifyArchive(request))
        .satisfies(e -> assertStatus(e, Status.Code.NOT_FOUND))
        .hasMessageContaining("main/none.pkh");
  }

  @Test
  void foldersThatACallerDoesNotSeeAreMissingOnes() throws IOException {
    end(archives("ann").packArchive(pack("main/a.pkh")), PackArchiveResponse.class);
    ArchiveServiceBlockingStub other =
        ArchiveServiceGrpc.newBlockingStub(services.channel(caller("bob", "other")));
    assertThatThrownBy(
            () ->
                other.verifyArchive(
                    VerifyArchiveRequest.newBuilder().setArchive("main/a.pkh").build()))
        .satisfies(e -> assertStatus(e, Status.Code.NOT_FOUND));
    assertThatThrownBy(() -> other.packArchive(pack("main/b.pkh")))
        .satisfies(e -> assertStatus(e, Status.Code.NOT_FOUND));
  }

  @Test
  void anExistingArchiveIsReplacedByForceOnly() throws IOException {
    end(archives("ann").packArchive(pack("main/a.pkh")), PackArchiveResponse.class);
    Operation again = end(archives("ann").packArchive(pack("main/a.pkh")));
    assertThat(again.getError().getMessage()).contains("exists");
    end(
        archives("ann").packArchive(pack("main/a.pkh").toBuilder().setForce(true).build()),
        PackArchiveResponse.class);
  }

  @Test
  void operationsAreListedInPagesAndThoseOfOthersAreNotThere() throws IOException {
    for (int i = 0; i < 3; i++) {
      end(archives("ann").packArchive(pack("main/" + i + ".pkh")), PackArchiveResponse.class);
    }
    var first =
        operations("ann").listOperations(ListOperationsRequest.newBuilder().setPageSize(2).build());
    assertThat(first.getOperationsCount()).isEqualTo(2);
    var second =
        operations("ann")
            .listOperations(
                ListOperationsRequest.newBuilder()
                    .setPageSize(2)
                    .setPageToken(first.getNextPageToken())
                    .build());
    assertThat(second.getOperationsCount()).isEqualTo(1);
    assertThat(second.getNextPageToken()).isEmpty();
    assertThat(
            operations("bob")
                .listOperations(ListOperationsRequest.getDefaultInstance())
                .getOperationsCount())
        .isZero();
    String name = first.getOperations(0).getName();
    assertThatThrownBy(
            () ->
                operations("bob")
                    .getOperation(GetOperationRequest.newBuilder().setName(name).build()))
        .satisfies(e -> assertStatus(e, Status.Code.NOT_FOUND));
  }

  @Test
  void aWatcherSeesTheEndAndACancelledPackLeavesNothing() throws IOException {
    // Long enough to be cancelled: zeros are compressed, and there are many.
    try (FileChannel big =
        FileChannel.open(
            tree.resolve("big"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] noise = new byte[1 << 20];
      new java.util.Random(1).nextBytes(noise);
      for (int i = 0; i < 256; i++) {
        noise[i] = (byte) i;
        big.write(java.nio.ByteBuffer.wrap(noise));
      }
    }
    Operation operation = archives("ann").packArchive(pack("main/big.pkh"));
    var moments =
        OperationServiceGrpc.newBlockingStub(services.channel(caller("ann")))
            .watchOperation(
                WatchOperationRequest.newBuilder()
                    .setName(operation.getName())
                    .setInterval(Durations.fromMillis(10))
                    .build());
    assertThat(moments.next().getDone()).isFalse();
    operations("ann")
        .cancelOperation(CancelOperationRequest.newBuilder().setName(operation.getName()).build());
    Operation last = operation;
    while (moments.hasNext()) {
      last = moments.next();
    }
    assertThat(last.getDone()).isTrue();
    assertThat(last.getError().getCode()).isEqualTo(Code.CANCELLED_VALUE);
    assertThat(last.getMetadata().unpack(OperationMetadata.class).getCancelRequested()).isTrue();
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aRequestIdMakesACallRepeatable() throws IOException {
    PackArchiveRequest request = pack("main/a.pkh").toBuilder().setRequestId("once").build();
    Operation first = archives("ann").packArchive(request);
    Operation again = archives("ann").packArchive(request);
    assertThat(again.getName()).isEqualTo(first.getName());
    end(first, PackArchiveResponse.class);
    assertThatThrownBy(
            () -> archives("ann").packArchive(request.toBuilder().setForce(true).build()))
        .satisfies(e -> assertStatus(e, Status.Code.ALREADY_EXISTS));
  }
}
