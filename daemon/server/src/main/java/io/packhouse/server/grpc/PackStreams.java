package io.packhouse.server.grpc;

import io.grpc.stub.StreamObserver;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.server.access.Caller;
import io.packhouse.server.archive.StreamPackJob;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Operations;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** The method PackStream of {@code packhouse.v1.TransferService}. */
public final class PackStreams {
  private final Operations operations;
  private final Catalog catalog;
  private final ExtractorHost extractors;
  private final ArchiveGrpc.Work work;
  private final Path spoolFolder;

  /**
   * @param spoolFolder as in {@link io.packhouse.engine.pack.Packer}; is there
   */
  public PackStreams(
      Operations operations,
      Catalog catalog,
      ExtractorHost extractors,
      ArchiveGrpc.Work work,
      Path spoolFolder) {
    this.operations = operations;
    this.catalog = catalog;
    this.extractors = extractors;
    this.work = work;
    this.spoolFolder = spoolFolder;
  }

  StreamObserver<PackStreamRequest> packStream(StreamObserver<PackStreamResponse> observer) {
    return new PackStreamCall(operations, this::job, observer);
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
    violations.check();
    PackOptions options =
        ArchiveGrpc.packOptions(
            start.getOptions(), start.getForce(), PathFilter.ALL, extractors, work);
    StreamPackJob.Target target;
    if (start.getArchive().isEmpty()) {
      target = new StreamPackJob.ToChannel(call.archiveChannel());
    } else {
      ArchiveName archive = Objects.requireNonNull(name);
      Access.require(caller, archive);
      target = new StreamPackJob.InCatalog(catalog, archive, catalog.pathForWriting(archive));
    }
    return new StreamPackJob(
        source,
        start.getRepository().isEmpty() ? null : start.getRepository(),
        spoolFolder,
        options,
        work.pages(),
        target,
        call::progress);
  }
}
