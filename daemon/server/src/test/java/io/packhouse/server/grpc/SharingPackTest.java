package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.share.SharingOptions;
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
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackOptions;
import io.packhouse.v1.PackOptions.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs of a daemon share parts of files as the command does, in memory that is theirs. */
final class SharingPackTest {
  private static final int WORKERS = 2;
  private static final long PACK_BYTES = 64 << 20;
  private static final int SMALL_BLOB = 64 << 10;

  private final PackResources resources = new PackResources(16 << 20);

  @TempDir Path temporary;

  private Path folder;
  private Path tree;
  private DirectoryCatalog catalog;
  private Operations operations;
  private TestServer services;

  private void start(long memory) throws IOException {
    folder = Files.createDirectory(temporary.resolve("archives"));
    tree = Files.createDirectories(temporary.resolve("roots/tree"));
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(List.of(new CatalogFolder("main", folder, true))));
    JobSettings settings =
        new JobSettings(temporary.resolve("state"), memory, 8, 8, Duration.ofDays(1), 100);
    operations = new Operations(settings, Failures::toRpcStatus, _ -> {});
    services =
        new TestServer(
            new ArchiveGrpc(
                operations,
                catalog,
                new Roots(
                    SystemFileAccess.instance(),
                    List.of(new RootSettings(temporary.resolve("roots"), true))),
                ExtractorHost.NONE,
                new ArchiveGrpc.Work(
                    WORKERS, settings.mostBytes(), PACK_BYTES, 16 << 20, resources, "test")),
            new OperationsGrpc(operations));
  }

  @AfterEach
  void stop() {
    services.close();
    operations.close();
    catalog.close();
    assertThat(resources.lentCount()).isZero();
    resources.close();
  }

  private Operation pack(String archive, PackOptions options) {
    var channel = services.channel(new Caller("ann", Role.PACK, Set.of()));
    Operation begun =
        ArchiveServiceGrpc.newBlockingStub(channel)
            .packArchive(
                PackArchiveRequest.newBuilder()
                    .setArchive("main/" + archive)
                    .addInputs(
                        io.packhouse.v1.PackInput.newBuilder()
                            .setPath(tree.toString())
                            .setRepository("r"))
                    .setOptions(options)
                    .build());
    return com.google.longrunning.OperationsGrpc.newBlockingStub(channel)
        .waitOperation(WaitOperationRequest.newBuilder().setName(begun.getName()).build());
  }

  /** Files of noise, each with much of the one before it. */
  private void versions(int count, int length) throws IOException {
    Random random = new Random(7);
    byte[] contents = new byte[length];
    random.nextBytes(contents);
    for (int i = 0; i < count; i++) {
      byte[] news = new byte[length / 8];
      random.nextBytes(news);
      System.arraycopy(news, 0, contents, i * 997 % (length - news.length), news.length);
      Files.write(tree.resolve("lib-" + (100 + i) + ".jar"), contents);
    }
    Files.writeString(tree.resolve("readme"), "some text\n".repeat(2_000));
  }

  @Test
  void theBytesAreThoseOfTheCommand() throws Exception {
    start(JobSettings.DEFAULT_MEMORY_BYTES);
    versions(40, 300_000);
    long some = SharingOptions.LEAST_MEMORY;
    SharingOptions.Mode auto = SharingOptions.Mode.AUTO;
    long least =
        same("default", PackOptions.newBuilder(), 3, false, SharingOptions.DEFAULT).getSizeBytes();
    PackOptions.Builder smaller =
        PackOptions.newBuilder().setSharing(Sharing.SHARING_AUTO).setSharingMemoryBytes(some);
    same("memory", smaller, 3, false, new SharingOptions(auto, some));
    PackOptions.Builder all =
        PackOptions.newBuilder().setSharing(Sharing.SHARING_ON).setFast(true).setLevel(2);
    long most = SharingOptions.DEFAULT_MEMORY;
    same("on", all, 2, true, new SharingOptions(SharingOptions.Mode.ON, most));
    same("fast", PackOptions.newBuilder().setFast(true), 1, true, SharingOptions.DEFAULT);
    PackArchiveResponse without =
        same(
            "off",
            PackOptions.newBuilder().setSharing(Sharing.SHARING_OFF),
            3,
            false,
            SharingOptions.OFF);
    assertThat(without.getSharedBytes()).isZero();
    assertThat(without.getSizeBytes()).isGreaterThan(2 * least);
  }

  /** Packs here and there. */
  private PackArchiveResponse same(
      String name, PackOptions.Builder options, int level, boolean fast, SharingOptions sharing)
      throws Exception {
    PackArchiveResponse response =
        pack(name + ".pkh", options.build()).getResponse().unpack(PackArchiveResponse.class);
    Path here = temporary.resolve(name + ".pkh");
    new Packer(
            List.of(new PackInput(tree, null, "r")),
            new io.packhouse.engine.pack.PackOptions(
                level,
                fast,
                sharing,
                1,
                io.packhouse.engine.pack.PackOptions.AUTOMATIC_MEMORY,
                io.packhouse.engine.pack.PackOptions.DEFAULT_BLOB_BYTES,
                io.packhouse.engine.pack.PackOptions.DEFAULT_FRAME_BYTES,
                false,
                null,
                false,
                false,
                false,
                false,
                PathFilter.ALL,
                ExtractorHost.NONE,
                Set.of(),
                List.of(),
                "test"),
            PackListener.NONE)
        .pack(here);
    assertThat(folder.resolve(name + ".pkh")).as(name).hasSameBinaryContentAs(here);
    if (!sharing.isOff()) {
      assertThat(response.getSharedBytes()).isPositive();
      assertThat(response.getExtents()).isGreaterThan(response.getFiles());
    }
    return response;
  }

  @Test
  void aSmallDaemonSharesInWhatMemoryItHas() throws Exception {
    start(104 << 20);
    PackOptions options = PackOptions.newBuilder().setBlobBytes(SMALL_BLOB).build();
    versions(80, 400_000);
    Operation less = pack("less.pkh", options);
    assertThat(less.getResponse().unpack(PackArchiveResponse.class).getSharedBytes()).isPositive();
    try (ArchiveReader reader = ArchiveReader.open(folder.resolve("less.pkh"))) {
      assertThat(reader.summary().options()).containsEntry("sharing_memory", "" + (27 << 20));
    }
    PackOptions more = options.toBuilder().setSharingMemoryBytes(64 << 20).build();
    assertThatThrownBy(() -> pack("more.pkh", more))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
        .hasMessageContaining("share parts of files in less memory");
    assertThat(operations.memoryTaken()).isZero();
  }

  @Test
  void aTinyDaemonSharesNothing() throws Exception {
    start(90 << 20);
    versions(80, 200_000);
    Operation packed = pack("large.pkh", PackOptions.newBuilder().setBlobBytes(SMALL_BLOB).build());
    assertThat(packed.getResponse().unpack(PackArchiveResponse.class).getSharedBytes()).isZero();
  }

  @Test
  void wrongOptionsAreNamed() throws Exception {
    start(JobSettings.DEFAULT_MEMORY_BYTES);
    for (PackOptions wrong :
        List.of(
            PackOptions.newBuilder().setSharingValue(9).build(),
            PackOptions.newBuilder().setSharingMemoryBytes(1 << 20).build(),
            PackOptions.newBuilder().setSharingMemoryBytes(2L << 30).build())) {
      assertThatThrownBy(() -> pack("wrong.pkh", wrong))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
          .hasMessageContaining("sharing");
    }
  }
}
