package io.packhouse.server.grpc;

import io.grpc.stub.StreamObserver;
import io.packhouse.engine.read.ArchiveSummary;
import io.packhouse.engine.read.BatchInfo;
import io.packhouse.engine.select.PathGlob;
import io.packhouse.server.access.Caller;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.RescanReport;
import io.packhouse.v1.ArchiveGroup;
import io.packhouse.v1.CatalogServiceGrpc;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.DescribeArchiveResponse;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.ListArchivesResponse;
import io.packhouse.v1.RegisterArchiveRequest;
import io.packhouse.v1.RegisterArchiveResponse;
import io.packhouse.v1.RemoveArchiveRequest;
import io.packhouse.v1.RemoveArchiveResponse;
import io.packhouse.v1.RescanCatalogRequest;
import io.packhouse.v1.RescanCatalogResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The service of the catalog. Thread-safe. */
public final class CatalogGrpc extends CatalogServiceGrpc.CatalogServiceImplBase {
  private static final int MAX_PAGE = 1_000;
  private static final int DEFAULT_PAGE = 100;

  private final DirectoryCatalog catalog;

  /** The service of a catalog. */
  public CatalogGrpc(DirectoryCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public void registerArchive(
      RegisterArchiveRequest request, StreamObserver<RegisterArchiveResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          ArchiveName name = Access.name("name", request.getName());
          CatalogEntry entry = catalog.look(name);
          if (!entry.isReadable()) {
            throw Failures.precondition(
                "ARCHIVE_UNREADABLE", name.toString(), name + ": " + entry.problem());
          }
          return RegisterArchiveResponse.newBuilder().setArchive(ArchiveMessages.of(entry)).build();
        });
  }

  @Override
  public void listArchives(
      ListArchivesRequest request, StreamObserver<ListArchivesResponse> observer) {
    Calls.answer(observer, () -> list(request, catalog.entries(), Caller.current()));
  }

  private static ListArchivesResponse list(
      ListArchivesRequest request, List<CatalogEntry> entries, Caller caller) {
    Violations violations = new Violations();
    int size = request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
    violations.require(size > 0 && size <= MAX_PAGE, "page_size", "is not from 0 to " + MAX_PAGE);
    String filter = request.getNameGlob() + "\n" + request.getOnlyProblems();
    String token = request.getPageToken();
    @Nullable String after =
        token.isEmpty()
            ? null
            : violations.parse("page_token", () -> PageToken.after(token, filter));
    @Nullable PathGlob glob =
        request.getNameGlob().isEmpty()
            ? null
            : violations.parse("name_glob", () -> PathGlob.of(request.getNameGlob()));
    violations.check();
    ListArchivesResponse.Builder response = ListArchivesResponse.newBuilder();
    String last = "";
    for (CatalogEntry entry : entries) {
      String name = entry.name().toString();
      if (!caller.seesFolder(entry.name().folder())
          || (after != null && name.compareTo(after) <= 0)
          || (request.getOnlyProblems() && entry.isReadable())
          || (glob != null && !glob.matches(name.getBytes(StandardCharsets.UTF_8), false))) {
        continue;
      }
      if (response.getArchivesCount() == size) {
        return response.setNextPageToken(PageToken.of(last, filter).text()).build();
      }
      response.addArchives(ArchiveMessages.of(entry));
      last = name;
    }
    return response.build();
  }

  @Override
  public void describeArchive(
      DescribeArchiveRequest request, StreamObserver<DescribeArchiveResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          ArchiveName name = Access.name("name", request.getName());
          try (ArchiveLease lease = catalog.open(name)) {
            return describe(catalog.look(name), lease.reader().summary());
          }
        });
  }

  private static List<ArchiveGroup> groups(ArchiveSummary summary) {
    Map<ArchiveGroup, long[]> groups = new LinkedHashMap<>();
    for (BatchInfo batch : summary.batches()) {
      ArchiveGroup group =
          ArchiveGroup.newBuilder()
              .setPackageType(Objects.requireNonNullElse(batch.packageType(), ""))
              .setRepository(Objects.requireNonNullElse(batch.repository(), ""))
              .setNested(batch.nested())
              .build();
      long[] sums = groups.computeIfAbsent(group, _ -> new long[2]);
      sums[0] += batch.rows();
      sums[1]++;
    }
    return groups.entrySet().stream()
        .map(
            group ->
                group.getKey().toBuilder()
                    .setRows(group.getValue()[0])
                    .setBatches(group.getValue()[1])
                    .build())
        .toList();
  }

  private static DescribeArchiveResponse describe(CatalogEntry entry, ArchiveSummary summary) {
    Map<String, Long> packages = new TreeMap<>();
    for (BatchInfo batch : summary.batches()) {
      if (batch.packageType() != null) {
        packages.merge(batch.packageType(), (long) batch.rows(), Long::sum);
      }
    }
    Map<String, Long> entries = new TreeMap<>();
    entries.put("file", summary.files());
    entries.put("directory", summary.directories());
    entries.put("symlink", summary.symlinks());
    entries.put("hardlink", summary.hardlinks());
    entries.put("special", summary.specials());
    entries.put("nested", summary.nested());
    entries.values().removeIf(count -> count == 0);
    return DescribeArchiveResponse.newBuilder()
        .setArchive(
            ArchiveMessages.of(entry).toBuilder()
                .setId(summary.id())
                .setSizeBytes(summary.length())
                .setRows(summary.rows()))
        .setProducer(summary.producer())
        .setBytes(summary.bytes())
        .putAllEntriesByType(entries)
        .putAllPackagesByType(packages)
        .setBlobs(summary.blobs())
        .setStoredBytes(summary.storedBytes())
        .putAllOptions(summary.options())
        .setFailed(summary.failed())
        .setRawBlobs(summary.rawBlobs())
        .setRawStoredBytes(summary.rawStoredBytes())
        .setDecodedBytes(summary.decodedBytes())
        .setIndexBytes(summary.indexBytes())
        .setBatches(summary.batches().size())
        .addAllGroups(groups(summary))
        .build();
  }

  @Override
  public void removeArchive(
      RemoveArchiveRequest request, StreamObserver<RemoveArchiveResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          catalog.remove(Access.name("name", request.getName()), request.getId());
          return RemoveArchiveResponse.getDefaultInstance();
        });
  }

  @Override
  public void rescanCatalog(
      RescanCatalogRequest request, StreamObserver<RescanCatalogResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          RescanReport report = catalog.rescan();
          return RescanCatalogResponse.newBuilder()
              .setArchives(report.archives())
              .setAdded(report.added())
              .setChanged(report.changed())
              .setRemoved(report.removed())
              .setUnreadable(report.unreadable())
              .build();
        });
  }
}
