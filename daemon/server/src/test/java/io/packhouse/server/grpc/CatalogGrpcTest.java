package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.v1.Archive;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.DescribeArchiveResponse;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.ListArchivesResponse;
import io.packhouse.v1.RegisterArchiveRequest;
import io.packhouse.v1.RemoveArchiveRequest;
import io.packhouse.v1.RescanCatalogRequest;
import io.packhouse.v1.RescanCatalogResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogGrpcTest {
  @TempDir private Path temp;
  private DirectoryCatalog catalog;
  private TestServer server;
  private CatalogServiceGrpc.CatalogServiceBlockingStub stub;

  @BeforeEach
  void start() throws Exception {
    Path made = temp.resolve("made.pkh");
    Archives.pack(made, Map.of("a/f.txt", new byte[] {1, 2, 3}));
    for (String name : List.of("rel/a.pkh", "rel/b/c.pkh", "rel/b/d.pkh", "dev/x.pkh")) {
      Path path = temp.resolve(name);
      Files.createDirectories(path.getParent());
      Files.copy(made, path);
    }
    Files.writeString(temp.resolve("rel/junk.pkh"), "junk");
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(
                List.of(
                    new CatalogFolder("rel", temp.resolve("rel"), true),
                    new CatalogFolder("dev", temp.resolve("dev"), false))));
    server = new TestServer(new CatalogGrpc(catalog));
    stub = CatalogServiceGrpc.newBlockingStub(server.channel());
  }

  @AfterEach
  void allLeasesAreGivenBack() {
    server.close();
    assertThat(catalog.leases()).isZero();
    catalog.close();
  }

  private static Status.Code code(ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus().getCode();
  }

  private static List<String> names(ListArchivesResponse response) {
    return response.getArchivesList().stream().map(Archive::getName).toList();
  }

  @Test
  void pagesHaveEveryArchiveOnce() {
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      ListArchivesResponse page =
          stub.listArchives(
              ListArchivesRequest.newBuilder().setPageSize(2).setPageToken(token).build());
      assertThat(page.getArchivesCount()).isBetween(1, 2);
      names.addAll(names(page));
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertThat(names)
        .containsExactly("dev/x.pkh", "rel/a.pkh", "rel/b/c.pkh", "rel/b/d.pkh", "rel/junk.pkh");
  }

  @Test
  void listIsFilteredByGlobProblemAndFolder() {
    Caller tenant = new Caller("token:t", Role.READ, Set.of("dev"));

    assertThat(
            names(
                stub.listArchives(
                    ListArchivesRequest.newBuilder().setNameGlob("rel/b/**").build())))
        .containsExactly("rel/b/c.pkh", "rel/b/d.pkh");
    ListArchivesResponse problems =
        stub.listArchives(ListArchivesRequest.newBuilder().setOnlyProblems(true).build());
    assertThat(names(problems)).containsExactly("rel/junk.pkh");
    assertThat(problems.getArchives(0).getProblem()).contains("ARROW1");
    assertThat(
            names(
                CatalogServiceGrpc.newBlockingStub(server.channel(tenant))
                    .listArchives(ListArchivesRequest.getDefaultInstance())))
        .containsExactly("dev/x.pkh");
  }

  @Test
  void tokenOfAnotherListIsRefused() {
    String token =
        stub.listArchives(ListArchivesRequest.newBuilder().setPageSize(1).build())
            .getNextPageToken();
    ListArchivesRequest.Builder request = ListArchivesRequest.newBuilder().setPageToken(token);

    assertThat(code(() -> stub.listArchives(request.setNameGlob("dev/*").build())))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            code(
                () ->
                    stub.listArchives(ListArchivesRequest.newBuilder().setPageToken("%%").build())))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            code(
                () ->
                    stub.listArchives(ListArchivesRequest.newBuilder().setPageSize(1_001).build())))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void descriptionCountsWhatTheArchiveHolds() {
    DescribeArchiveResponse described =
        stub.describeArchive(DescribeArchiveRequest.newBuilder().setName("rel/a.pkh").build());

    assertThat(described.getEntriesByTypeMap()).isEqualTo(Map.of("file", 1L, "directory", 2L));
    assertThat(described.getBytes()).isEqualTo(3);
    assertThat(described.getArchive().getRows()).isEqualTo(3);
    assertThat(described.getArchive().getId()).hasSize(64);
    assertThat(described.getArchive().hasUpdateTime()).isTrue();
    assertThat(
            code(
                () ->
                    stub.describeArchive(
                        DescribeArchiveRequest.newBuilder().setName("rel/junk.pkh").build())))
        .isEqualTo(Status.Code.DATA_LOSS);
  }

  @Test
  void removeHeedsTheIdAndTheFolder() {
    String id =
        stub.describeArchive(DescribeArchiveRequest.newBuilder().setName("rel/a.pkh").build())
            .getArchive()
            .getId();
    RemoveArchiveRequest.Builder request = RemoveArchiveRequest.newBuilder().setName("rel/a.pkh");

    assertThat(code(() -> stub.removeArchive(request.setId("0".repeat(64)).build())))
        .isEqualTo(Status.Code.ABORTED);
    assertThat(temp.resolve("rel/a.pkh")).exists();
    stub.removeArchive(request.setId(id).build());
    assertThat(temp.resolve("rel/a.pkh")).doesNotExist();
    assertThat(code(() -> stub.removeArchive(request.build()))).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(
            code(
                () ->
                    stub.removeArchive(
                        RemoveArchiveRequest.newBuilder().setName("dev/x.pkh").build())))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
  }

  @Test
  void registerLooksAtOneFileAndRescanAtAll() throws Exception {
    Files.copy(temp.resolve("made.pkh"), temp.resolve("rel/new.pkh"));
    Archive archive =
        stub.registerArchive(RegisterArchiveRequest.newBuilder().setName("rel/new.pkh").build())
            .getArchive();

    assertThat(archive.getRows()).isEqualTo(3);
    assertThat(
            code(
                () ->
                    stub.registerArchive(
                        RegisterArchiveRequest.newBuilder().setName("rel/junk.pkh").build())))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    RescanCatalogResponse report = stub.rescanCatalog(RescanCatalogRequest.getDefaultInstance());
    assertThat(report.getArchives()).isEqualTo(6);
    assertThat(report.getUnreadable()).isEqualTo(1);
  }
}
