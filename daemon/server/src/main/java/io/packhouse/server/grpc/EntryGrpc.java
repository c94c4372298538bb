package io.packhouse.server.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.packhouse.engine.read.ContentDigest;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryFilter;
import io.packhouse.engine.select.PathGlob;
import io.packhouse.engine.select.TextGlob;
import io.packhouse.server.access.Caller;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.FindEntriesRequest;
import io.packhouse.v1.FindEntriesResponse;
import io.packhouse.v1.ListEntriesRequest;
import io.packhouse.v1.ListEntriesResponse;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.StatEntriesResponse;
import io.packhouse.v1.StatResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The service of entries. Thread-safe. */
public final class EntryGrpc extends EntryServiceGrpc.EntryServiceImplBase {
  private static final int MAX_PATHS = 10_000;
  private static final int MAX_FOUND = 1_000_000;
  private static final int DEFAULT_FOUND = 10_000;

  private final DirectoryCatalog catalog;

  /** The service of the archives in a catalog. */
  public EntryGrpc(DirectoryCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public void listEntries(
      ListEntriesRequest request, StreamObserver<ListEntriesResponse> observer) {
    Calls.run(
        observer,
        () -> {
          ArchiveName name = Access.name("archive", request.getArchive());
          EntryFilter filter = filter(request.getPrefix(), request.getPackageType());
          byte[] after =
              request.getAfterPath().isEmpty() ? null : EntryMessages.bytes(request.getAfterPath());
          EntryFilter nested = request.getNoNested() ? filter.withoutNested() : filter;
          Violations violations = new Violations();
          ContentDigest digest = digest(request.getDigest(), violations);
          violations.check();
          new EntryListing<ListEntriesResponse>(
              catalog,
              List.of(name),
              false,
              new EntrySearch(nested, after, null, null, digest),
              request.getAllColumns(),
              Long.MAX_VALUE,
              observer) {
            @Override
            ListEntriesResponse message(
                ArchiveName archive, List<io.packhouse.v1.Entry> entries, boolean truncated) {
              return ListEntriesResponse.newBuilder().addAllEntries(entries).build();
            }
          }.start();
        });
  }

  private static EntryFilter filter(String prefix, String packageType) {
    EntryFilter filter = EntryFilter.ALL.withPrefix(EntryMessages.bytes(prefix));
    return packageType.isEmpty() ? filter : filter.withPackageType(packageType);
  }

  @Override
  public void statEntries(
      StatEntriesRequest request, StreamObserver<StatEntriesResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          new Violations()
              .require(request.getPathsCount() <= MAX_PATHS, "paths", "are more than " + MAX_PATHS)
              .check();
          StatEntriesResponse.Builder response = StatEntriesResponse.newBuilder();
          try (ArchiveLease lease = Access.open(catalog, "archive", request.getArchive())) {
            for (String path : request.getPathsList()) {
              StatResult.Builder result = StatResult.newBuilder().setPath(path);
              Entry entry = EntryMessages.find(lease.reader(), path);
              if (entry != null) {
                result.setEntry(EntryMessages.of(entry, request.getAllColumns()));
              }
              response.addResults(result);
              Calls.checkCancelled();
            }
          }
          return response.build();
        });
  }

  @Override
  public void findEntries(
      FindEntriesRequest request, StreamObserver<FindEntriesResponse> observer) {
    Calls.run(
        observer,
        () -> {
          EntrySearch search = search(request);
          boolean one = !request.getArchive().isEmpty();
          List<ArchiveName> archives =
              one ? List.of(Access.name("archive", request.getArchive())) : visible();
          int limit = request.getLimit() == 0 ? DEFAULT_FOUND : request.getLimit();
          new EntryListing<FindEntriesResponse>(
              catalog, archives, !one, search, request.getAllColumns(), limit, observer) {
            @Override
            FindEntriesResponse message(
                ArchiveName archive, List<io.packhouse.v1.Entry> entries, boolean truncated) {
              return FindEntriesResponse.newBuilder()
                  .setArchive(archive.toString())
                  .addAllEntries(entries)
                  .setTruncated(truncated)
                  .build();
            }
          }.start();
        });
  }

  private static EntrySearch search(FindEntriesRequest request) {
    Violations violations = new Violations();
    boolean any =
        !(request.getPrefix().isEmpty()
            && request.getGlob().isEmpty()
            && request.getPurl().isEmpty()
            && request.getDigest().isEmpty());
    violations.require(any, "glob", "one of prefix, glob, purl and digest is needed");
    ContentDigest digest = digest(request.getDigest(), violations);
    violations.require(
        request.getLimit() >= 0 && request.getLimit() <= MAX_FOUND,
        "limit",
        "is not from 0 to " + MAX_FOUND);
    @Nullable PathGlob glob =
        request.getGlob().isEmpty()
            ? null
            : violations.parse("glob", () -> PathGlob.of(request.getGlob()));
    violations.check();
    @Nullable TextGlob purl = request.getPurl().isEmpty() ? null : TextGlob.of(request.getPurl());
    return new EntrySearch(
        filter(request.getPrefix(), purl == null ? "" : packageType(purl)),
        null,
        glob,
        purl,
        digest);
  }

  private static @Nullable ContentDigest digest(ByteString bytes, Violations violations) {
    return bytes.isEmpty()
        ? null
        : violations.parse("digest", () -> ContentDigest.of(bytes.toByteArray()));
  }

  /** The package type that a glob of package URLs asks for, so that other batches are not read. */
  private static String packageType(TextGlob purl) {
    String prefix = purl.prefix();
    int end = prefix.indexOf('/');
    return prefix.startsWith("pkg:") && end > 0 ? prefix.substring("pkg:".length(), end) : "";
  }

  private List<ArchiveName> visible() throws InterruptedException {
    Caller caller = Caller.current();
    return catalog.entries().stream()
        .filter(CatalogEntry::isReadable)
        .map(CatalogEntry::name)
        .filter(name -> caller.seesFolder(name.folder()))
        .toList();
  }

  @Override
  public void readEntries(
      ReadEntriesRequest request, StreamObserver<ReadEntriesResponse> observer) {
    Calls.run(
        observer,
        () -> {
          new Violations()
              .require(
                  request.getRangesCount() <= MAX_PATHS, "ranges", "are more than " + MAX_PATHS)
              .check();
          new EntryReading(Access.open(catalog, "archive", request.getArchive()), request, observer)
              .start();
        });
  }
}
