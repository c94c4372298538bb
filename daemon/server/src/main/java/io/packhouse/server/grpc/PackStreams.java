package io.packhouse.server.grpc;

import io.grpc.stub.StreamObserver;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.SourceTree;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.server.access.Caller;
import io.packhouse.server.archive.StreamPackJob;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Operations;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.StreamTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The method PackStream of {@code packhouse.v1.TransferService}. */
public final class PackStreams {
  /** How long a client may take to answer a question: its disk may be slow, or asleep. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Operations operations;
  private final Catalog catalog;
  private final ExtractorHost extractors;
  private final ArchiveGrpc.Work work;
  private final Path spoolFolder;
  private final Duration patience;

  /**
   * @param spoolFolder as in {@link io.packhouse.engine.pack.Packer}; is there
   */
  public PackStreams(
      Operations operations,
      Catalog catalog,
      ExtractorHost extractors,
      ArchiveGrpc.Work work,
      Path spoolFolder) {
    this(operations, catalog, extractors, work, spoolFolder, PATIENCE);
  }

  /** With another patience, for tests. */
  PackStreams(
      Operations operations,
      Catalog catalog,
      ExtractorHost extractors,
      ArchiveGrpc.Work work,
      Path spoolFolder,
      Duration patience) {
    this.patience = patience;
    this.operations = operations;
    this.catalog = catalog;
    this.extractors = extractors;
    this.work = work;
    this.spoolFolder = spoolFolder;
  }

  StreamObserver<PackStreamRequest> packStream(StreamObserver<PackStreamResponse> observer) {
    return new PackStreamCall(operations, this::job, patience, observer);
  }

  private StreamPackJob job(PackStreamStart start, PackStreamSource source, PackStreamCall call)
      throws IOException {
    Caller caller = Caller.current();
    Violations violations = new Violations();
    ArchiveName name =
        start.getArchive().isEmpty()
            ? null
            : Requests.archive("archive", start.getArchive(), violations);
    Requests.packOptions(start.getOptions(), violations);
    Requests.priority(start.getPriority(), caller, violations);
    violations.require(
        start.getOptions().getIncludesCount() + start.getOptions().getExcludesCount() == 0
            && !start.getOptions().getOneFileSystem(),
        "options",
        "globs and one_file_system are for the client to heed");
    List<SourceTree> trees = trees(start, violations);
    violations.check();
    PackOptions options =
        ArchiveGrpc.packOptions(
            start.getOptions(),
            start.getForce(),
            PathFilter.ALL,
            extractors,
            work.beside(StreamPackJob.STREAM_BYTES));
    StreamPackJob.Target target;
    if (start.getArchive().isEmpty()) {
      target = new StreamPackJob.ToChannel(call.archiveChannel());
    } else {
      ArchiveName archive = Objects.requireNonNull(name);
      Access.require(caller, archive);
      catalog.place(archive).close();
      target = new StreamPackJob.InCatalog(catalog, archive);
    }
    return new StreamPackJob(
        source, trees, spoolFolder, options, work.resources(), target, call::progress);
  }

  private static List<SourceTree> trees(PackStreamStart start, Violations violations) {
    if (start.getTreesCount() == 0) {
      return List.of(new SourceTree(null, orNull(start.getRepository())));
    }
    violations.require(
        start.getRepository().isEmpty(), "repository", "is for each of the trees to say");
    List<SourceTree> trees = new ArrayList<>();
    Set<String> mounts = new HashSet<>();
    for (int i = 0; i < start.getTreesCount(); i++) {
      StreamTree tree = start.getTrees(i);
      String field = "trees[" + i + "].mount";
      if (Requests.mount(field, tree.getMount(), mounts, violations)) {
        trees.add(new SourceTree(tree.getMount(), orNull(tree.getRepository())));
      }
    }
    return trees;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
