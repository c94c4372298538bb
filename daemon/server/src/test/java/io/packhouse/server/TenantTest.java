package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.WaitOperationRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.roots.RootSettings;
import io.packhouse.server.sql.SqlSettings;
import io.packhouse.v1.ArchiveServiceGrpc;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.DiffArchivesRequest;
import io.packhouse.v1.DownloadArchiveRequest;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.ExtractArchiveRequest;
import io.packhouse.v1.FindEntriesRequest;
import io.packhouse.v1.GetUploadRequest;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.ListEntriesRequest;
import io.packhouse.v1.OperationServiceGrpc;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackInput;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.RegisterArchiveRequest;
import io.packhouse.v1.RemoveArchiveRequest;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.TransferServiceGrpc;
import io.packhouse.v1.UploadArchiveRequest;
import io.packhouse.v1.UploadArchiveStart;
import io.packhouse.v1.VerifyArchiveRequest;
import io.packhouse.v1.WatchOperationRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one tenant has does not exist for another: every method that names an archive or operation,
 * on a daemon with all its parts, says the same of another's as of what is nowhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantTest {
  private static final String ID = "0".repeat(64);

  @TempDir static Path folder;
  private Daemon daemon;
  private ManagedChannel channel;
  private Channel mine;
  private Channel theirs;

  @BeforeAll
  void start() throws Exception {
    Path tokens = folder.resolve("tokens");
    TokenFile file = TokenFile.open(tokens, Clock.systemUTC());
    // Of the role that may do most of what concerns archives; to remove one needs an administrator,
    // whose token may have folders too.
    String mySecret = file.create("mine", grant(Role.PACK, "a"), null, new SecureRandom());
    String theirSecret = file.create("theirs", grant(Role.PACK, "b"), null, new SecureRandom());
    Archives.pack(folder.resolve("a/x.pkh"), Map.of("dir/file", new byte[] {1, 2, 3}));
    Archives.pack(folder.resolve("b/y.pkh"), Map.of("theirs", new byte[3]));
    Files.createDirectories(folder.resolve("root/tree"));
    Configuration configuration =
        Daemons.inFolder(
            folder,
            new AccessSettings(tokens, false, Map.of(), Map.of(), Map.of()),
            Map.of("root", new RootSettings(folder.resolve("root"), true)),
            SqlSettings.DEFAULT,
            "unix:" + folder.resolve("d.sock"));
    daemon =
        Daemon.start(configuration, Parts.of(configuration), DaemonOptions.fixed(configuration));
    channel = Daemons.connect(daemon.endpoints().getFirst());
    mine = with(mySecret);
    theirs = with(theirSecret);
  }

  private static Grant grant(Role role, String folder) {
    return new Grant(role, List.of(folder));
  }

  private Channel with(String secret) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + secret);
    ClientInterceptor attach = MetadataUtils.newAttachHeadersInterceptor(headers);
    return ClientInterceptors.intercept(channel, attach);
  }

  @AfterAll
  void stop() throws Exception {
    channel.shutdownNow();
    daemon.close();
  }

  @TestFactory
  Stream<DynamicTest> archiveOfAnotherIsNowhere() {
    Map<String, Function<String, Object>> calls = new LinkedHashMap<>();
    var catalog = CatalogServiceGrpc.newBlockingStub(theirs);
    calls.put(
        "describe",
        name -> catalog.describeArchive(DescribeArchiveRequest.newBuilder().setName(name).build()));
    calls.put(
        "register",
        name -> catalog.registerArchive(RegisterArchiveRequest.newBuilder().setName(name).build()));
    var entries = EntryServiceGrpc.newBlockingStub(theirs);
    calls.put(
        "list",
        name ->
            entries.listEntries(ListEntriesRequest.newBuilder().setArchive(name).build()).next());
    calls.put(
        "stat",
        name ->
            entries.statEntries(
                StatEntriesRequest.newBuilder().setArchive(name).addPaths("dir/file").build()));
    calls.put(
        "find",
        name ->
            entries
                .findEntries(
                    FindEntriesRequest.newBuilder().setArchive(name).setPrefix("dir").build())
                .next());
    calls.put(
        "read",
        name ->
            entries
                .readEntries(
                    ReadEntriesRequest.newBuilder()
                        .setArchive(name)
                        .addRanges(EntryRange.newBuilder().setPath("dir/file"))
                        .build())
                .next());
    var transfers = TransferServiceGrpc.newBlockingStub(theirs);
    calls.put(
        "download",
        name ->
            transfers
                .downloadArchive(DownloadArchiveRequest.newBuilder().setArchive(name).build())
                .next());
    calls.put(
        "upload state",
        name ->
            transfers.getUpload(GetUploadRequest.newBuilder().setArchive(name).setId(ID).build()));
    calls.put("upload", this::upload);
    calls.put("pack by stream", this::packStream);
    var archives = ArchiveServiceGrpc.newBlockingStub(theirs);
    calls.put(
        "verify",
        name ->
            ended(
                archives.verifyArchive(
                    VerifyArchiveRequest.newBuilder().setArchive(name).build())));
    calls.put(
        "diff left",
        name ->
            ended(
                archives.diffArchives(
                    DiffArchivesRequest.newBuilder()
                        .setLeft(name)
                        .setRightDirectory(folder.resolve("root/tree").toString())
                        .build())));
    calls.put(
        "diff right",
        name ->
            ended(
                archives.diffArchives(
                    DiffArchivesRequest.newBuilder()
                        .setLeft("b/y.pkh")
                        .setRightArchive(name)
                        .build())));
    calls.put(
        "diff packages",
        name ->
            ended(
                archives.diffArchives(
                    DiffArchivesRequest.newBuilder()
                        .setLeft("b/y.pkh")
                        .setRightArchive(name)
                        .setPackages(true)
                        .build())));
    calls.put(
        "extract",
        name ->
            ended(
                archives.extractArchive(
                    ExtractArchiveRequest.newBuilder()
                        .setArchive(name)
                        .setDestination(folder.resolve("root/out").toString())
                        .build())));
    calls.put(
        "pack",
        name ->
            ended(
                archives.packArchive(
                    PackArchiveRequest.newBuilder()
                        .setArchive(name)
                        .setForce(true)
                        .addInputs(
                            PackInput.newBuilder().setPath(folder.resolve("root/tree").toString()))
                        .build())));
    return calls.entrySet().stream()
        .map(call -> DynamicTest.dynamicTest(call.getKey(), () -> check(call.getValue())));
  }

  private static void check(Function<String, Object> call) {
    StatusRuntimeException another = refusal(call, "a/x.pkh");
    StatusRuntimeException nowhere = refusal(call, "z/x.pkh");
    assertThat(another.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(another.getMessage()).isEqualTo(nowhere.getMessage().replace("z/x", "a/x"));
  }

  private static StatusRuntimeException refusal(Function<String, Object> call, String name) {
    try {
      throw new AssertionError("let in to " + name + ": " + call.apply(name));
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  /** What became of an operation: the status of its error is thrown as a call's would be. */
  private Operation ended(Operation operation) {
    Operation end =
        OperationsGrpc.newBlockingStub(theirs)
            .waitOperation(WaitOperationRequest.newBuilder().setName(operation.getName()).build());
    if (end.hasError()) {
      throw io.grpc.protobuf.StatusProto.toStatusRuntimeException(end.getError());
    }
    return end;
  }

  private Object upload(String name) {
    return stream(
        TransferServiceGrpc.newStub(theirs)::uploadArchive,
        UploadArchiveRequest.newBuilder()
            .setStart(UploadArchiveStart.newBuilder().setArchive(name).setId(ID).setLength(100))
            .build());
  }

  private Object packStream(String name) {
    return stream(
        TransferServiceGrpc.newStub(theirs)::packStream,
        PackStreamRequest.newBuilder()
            .setStart(PackStreamStart.newBuilder().setArchive(name).setForce(true))
            .build());
  }

  private static <Q, R> R stream(Function<StreamObserver<R>, StreamObserver<Q>> call, Q first) {
    CompletableFuture<R> result = new CompletableFuture<>();
    StreamObserver<Q> requests =
        call.apply(
            new StreamObserver<>() {
              @Override
              public void onNext(R response) {
                result.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                result.completeExceptionally(error);
              }

              @Override
              public void onCompleted() {}
            });
    requests.onNext(first);
    try {
      return result.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (StatusRuntimeException) e.getCause();
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void stateIsForTheDaemonAlone() throws Exception {
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
        .isEqualTo("rwx------");
  }

  @Test
  void archivesAndEntriesOfOthersAreNotListed() {
    var all = ListArchivesRequest.getDefaultInstance();
    assertThat(CatalogServiceGrpc.newBlockingStub(mine).listArchives(all).getArchivesList())
        .hasSize(1);
    assertThat(CatalogServiceGrpc.newBlockingStub(theirs).listArchives(all).getArchivesList())
        .allSatisfy(archive -> assertThat(archive.getName()).startsWith("b/"));
    var everywhere = FindEntriesRequest.newBuilder().setPrefix("dir").build();
    assertThat(EntryServiceGrpc.newBlockingStub(mine).findEntries(everywhere).hasNext()).isTrue();
    var found = EntryServiceGrpc.newBlockingStub(theirs).findEntries(everywhere);
    found.forEachRemaining(response -> assertThat(response.getEntriesList()).isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> operationOfAnotherIsNowhere() {
    String name =
        ArchiveServiceGrpc.newBlockingStub(mine)
            .verifyArchive(VerifyArchiveRequest.newBuilder().setArchive("a/x.pkh").build())
            .getName();
    var operations = OperationsGrpc.newBlockingStub(theirs);
    assertThat(operations.listOperations(ListOperationsRequest.getDefaultInstance()).toString())
        .doesNotContain(name);
    Map<String, Function<String, Object>> calls = new LinkedHashMap<>();
    calls.put(
        "get",
        each -> operations.getOperation(GetOperationRequest.newBuilder().setName(each).build()));
    calls.put(
        "wait",
        each -> operations.waitOperation(WaitOperationRequest.newBuilder().setName(each).build()));
    calls.put(
        "cancel",
        each ->
            operations.cancelOperation(CancelOperationRequest.newBuilder().setName(each).build()));
    calls.put(
        "delete",
        each ->
            operations.deleteOperation(DeleteOperationRequest.newBuilder().setName(each).build()));
    calls.put(
        "watch",
        each ->
            OperationServiceGrpc.newBlockingStub(theirs)
                .watchOperation(WatchOperationRequest.newBuilder().setName(each).build())
                .next());
    String none = name.substring(0, name.length() - 4) + "0000";
    return calls.entrySet().stream()
        .map(
            call ->
                DynamicTest.dynamicTest(
                    call.getKey(),
                    () -> {
                      StatusRuntimeException another = refusal(call.getValue(), name);
                      StatusRuntimeException nowhere = refusal(call.getValue(), none);
                      assertThat(another.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                      assertThat(another.getMessage())
                          .isEqualTo(nowhere.getMessage().replace(none, name));
                    }));
  }

  @Test
  void requestIdOfAnotherTellsNothing() {
    var request = VerifyArchiveRequest.newBuilder().setRequestId("same");
    String first =
        ArchiveServiceGrpc.newBlockingStub(mine)
            .verifyArchive(request.setArchive("a/x.pkh").build())
            .getName();
    // Another request under an id of one's own would be refused.
    String other =
        ArchiveServiceGrpc.newBlockingStub(theirs)
            .verifyArchive(request.setArchive("b/y.pkh").build())
            .getName();
    assertThat(other).isNotEqualTo(first);
  }

  @Test
  void administratorOfOneFolderRemovesNothingInAnother() throws Exception {
    String secret =
        TokenFile.open(folder.resolve("tokens"), Clock.systemUTC())
            .create("theirAdmin", grant(Role.ADMIN, "b"), null, new SecureRandom());
    assertThat(daemon.administration().reload().applied()).isEmpty();
    StatusRuntimeException refused =
        refusal(
            name ->
                CatalogServiceGrpc.newBlockingStub(with(secret))
                    .removeArchive(RemoveArchiveRequest.newBuilder().setName(name).build()),
            "a/x.pkh");
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(folder.resolve("a/x.pkh")).exists();
  }
}
