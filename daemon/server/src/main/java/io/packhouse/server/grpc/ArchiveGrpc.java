package io.packhouse.server.grpc;

import com.google.longrunning.Operation;
import com.google.protobuf.Message;
import io.grpc.stub.StreamObserver;
import io.packhouse.engine.diff.DiffOptions;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.restore.RestoreOptions;
import io.packhouse.engine.restore.Selection;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.archive.DiffJob;
import io.packhouse.server.archive.ExtractJob;
import io.packhouse.server.archive.PackJob;
import io.packhouse.server.archive.PackageDiffJob;
import io.packhouse.server.archive.VerifyJob;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.Operations;
import io.packhouse.server.roots.Roots;
import io.packhouse.v1.ArchiveServiceGrpc.ArchiveServiceImplBase;
import io.packhouse.v1.DiffArchivesRequest;
import io.packhouse.v1.DiffArchivesRequest.RightCase;
import io.packhouse.v1.ExtractArchiveRequest;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.Priority;
import io.packhouse.v1.VerifyArchiveRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@code packhouse.v1.ArchiveService}: starts jobs. */
public final class ArchiveGrpc extends ArchiveServiceImplBase {
  private static final int MAX_PATHS = 100_000;
  private static final int DEFAULT_DIFFERENCES = 10_000;
  private static final int MAX_DIFFERENCES = 100_000;

  /** Within this time small packs end, and those who wait for others have no use for an answer. */
  private static final long MOMENT_NANOS = 100_000_000;

  /**
   * How jobs work.
   *
   * @param workers threads of a job, of a pack less where there is no memory for so many
   * @param mostBytes memory that any job may have
   * @param packBytes memory of a pack, unless its options need more
   * @param extractBytes memory of an extraction
   * @param resources of packs
   * @param producer goes into archives for information
   */
  public record Work(
      int workers,
      long mostBytes,
      long packBytes,
      long extractBytes,
      PackResources resources,
      String producer) {

    /** The same, but for work that needs so many bytes beside. */
    Work beside(long bytes) {
      return new Work(workers, mostBytes - bytes, packBytes, extractBytes, resources, producer);
    }
  }

  private final Operations operations;
  private final Catalog catalog;
  private final Roots roots;
  private final ExtractorHost extractors;
  private final Work work;

  public ArchiveGrpc(
      Operations operations, Catalog catalog, Roots roots, ExtractorHost extractors, Work work) {
    this.operations = operations;
    this.catalog = catalog;
    this.roots = roots;
    this.extractors = extractors;
    this.work = work;
  }

  @Override
  public void packArchive(PackArchiveRequest request, StreamObserver<Operation> observer) {
    begin(observer, () -> pack(request));
  }

  /** Starts an operation; of one that has ended in a moment nobody need ask again. */
  private void begin(StreamObserver<Operation> observer, Callable<Operation> submission) {
    Calls.run(
        observer,
        () ->
            OperationsGrpc.answerAtEnd(
                operations, Caller.current(), submission.call(), MOMENT_NANOS, observer));
  }

  private Operation pack(PackArchiveRequest request) throws Exception {
    Caller caller = Caller.current();
    Violations violations = new Violations();
    ArchiveName name = Requests.archive("archive", request.getArchive(), violations);
    Requests.packOptions(request.getOptions(), violations);
    PathFilter filter = Requests.filter(request.getOptions(), violations);
    List<PackInput> inputs = inputs(request, violations);
    begin(request.getRequestId(), request.getPriority(), caller, violations);
    ArchiveName archive = Objects.requireNonNull(name);
    Access.require(caller, archive);
    catalog.place(archive).close();
    PackOptions options =
        packOptions(request.getOptions(), request.getForce(), filter, extractors, work);
    return submit(
        caller,
        request.getRequestId(),
        request,
        request.getPriority(),
        new PackJob(catalog, archive, inputs, options, roots, work.resources()));
  }

  private List<PackInput> inputs(PackArchiveRequest request, Violations violations)
      throws IOException {
    List<PackInput> inputs = new ArrayList<>();
    Set<String> mounts = new HashSet<>();
    violations.require(request.getInputsCount() > 0, "inputs", "are none; name a directory");
    for (int i = 0; i < request.getInputsCount(); i++) {
      io.packhouse.v1.PackInput input = request.getInputs(i);
      String field = "inputs[" + i + "]";
      String mount = input.getMount().isEmpty() ? null : input.getMount();
      violations.require(
          mount != null || request.getInputsCount() == 1,
          field + ".mount",
          "is empty, which only a single input's may be");
      boolean named = mount == null || Requests.mount(field + ".mount", mount, mounts, violations);
      Path directory = path(field + ".path", input.getPath(), roots::resolveReadable, violations);
      if (directory != null && named) {
        String repository = input.getRepository().isEmpty() ? null : input.getRepository();
        inputs.add(new PackInput(directory, mount, repository));
      }
    }
    return inputs;
  }

  private interface PathRule {
    Path check(String path) throws IOException;
  }

  private static @Nullable Path path(
      String field, String path, PathRule rule, Violations violations) throws IOException {
    try {
      return rule.check(path);
    } catch (IllegalArgumentException e) {
      violations.add(field, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** The engine's options of a request whose numbers were checked. */
  static PackOptions packOptions(
      io.packhouse.v1.PackOptions options,
      boolean force,
      PathFilter filter,
      ExtractorHost extractors,
      Work work) {
    int level = Requests.level(options);
    int blobBytes = (int) Requests.blobBytes(options);
    SharingOptions sharing = Requests.sharing(options);
    if (!options.hasSharingMemoryBytes()) {
      long least = PackOptions.minMemoryBytes(level, 1, blobBytes);
      sharing = sharing.within(work.mostBytes - Math.max(work.packBytes, least));
    }
    long beside = sharing.isOff() ? 0 : sharing.memoryBytes();
    int workers = work.workers;
    while (workers > 1
        && PackOptions.minMemoryBytes(level, workers, blobBytes) + beside > work.mostBytes) {
      workers--;
    }
    long memory = Math.max(work.packBytes, PackOptions.minMemoryBytes(level, workers, blobBytes));
    return new PackOptions(
        level,
        options.getFast(),
        sharing,
        workers,
        memory,
        blobBytes,
        (int) Requests.frameBytes(options),
        options.getReproducible(),
        options.hasClampMtimeNanos() ? options.getClampMtimeNanos() : null,
        options.getXattrs(),
        options.getOneFileSystem(),
        options.getKeepGoing(),
        force,
        filter,
        options.getNoMetadata() ? ExtractorHost.NONE : extractors,
        Requests.digests(options),
        List.of(),
        work.producer);
  }

  @Override
  public void extractArchive(ExtractArchiveRequest request, StreamObserver<Operation> observer) {
    begin(observer, () -> extract(request));
  }

  private Operation extract(ExtractArchiveRequest request) throws Exception {
    Caller caller = Caller.current();
    Violations violations = new Violations();
    ArchiveName name = Requests.archive("archive", request.getArchive(), violations);
    Path destination =
        path("destination", request.getDestination(), roots::resolveWritable, violations);
    paths("paths", request.getPathsList(), violations);
    violations.require(
        !request.getOwners() || caller.may(Role.ADMIN), "owners", "needs the role admin");
    begin(request.getRequestId(), request.getPriority(), caller, violations);
    ArchiveName archive = Objects.requireNonNull(name);
    requireArchive(caller, archive);
    Selection selection =
        request.getPathsCount() == 0
            ? Selection.ALL
            : Selection.ofPaths(request.getPathsList().toArray(String[]::new));
    RestoreOptions options =
        RestoreOptions.defaults()
            .withWorkers(work.workers)
            .withMemoryBytes(work.extractBytes)
            .withForce(request.getForce())
            .withKeepGoing(request.getKeepGoing())
            .withOwners(request.getOwners())
            .withSync(request.getSync())
            .withSelection(selection);
    return submit(
        caller,
        request.getRequestId(),
        request,
        request.getPriority(),
        new ExtractJob(catalog, archive, Objects.requireNonNull(destination), options, roots));
  }

  @Override
  public void verifyArchive(VerifyArchiveRequest request, StreamObserver<Operation> observer) {
    begin(observer, () -> verify(request));
  }

  private Operation verify(VerifyArchiveRequest request) throws Exception {
    Caller caller = Caller.current();
    Violations violations = new Violations();
    ArchiveName name = Requests.archive("archive", request.getArchive(), violations);
    double sample = request.getSample() == 0 ? 1 : request.getSample();
    violations.require(
        sample > 0 && sample <= 1, "sample", "must be above 0 and at most 1, is " + sample);
    paths("paths", request.getPathsList(), violations);
    begin(request.getRequestId(), request.getPriority(), caller, violations);
    ArchiveName archive = Objects.requireNonNull(name);
    Access.require(caller, archive);
    try (ArchiveLease lease = catalog.open(archive)) {
      if (request.getDigests() && lease.reader().digests().isEmpty()) {
        throw Failures.precondition(
            "DIGEST_NOT_RECORDED",
            archive.toString(),
            archive + ": records no digests but BLAKE3; leave out --digests");
      }
    }
    VerifyOptions options =
        VerifyOptions.all(work.workers)
            .withSample(sample, request.getSeed())
            .withOnly(request.getPathsList().stream().map(PathText::bytes).toList())
            .withDigests(request.getDigests());
    return submit(
        caller,
        request.getRequestId(),
        request,
        request.getPriority(),
        new VerifyJob(catalog, archive, options));
  }

  @Override
  public void diffArchives(DiffArchivesRequest request, StreamObserver<Operation> observer) {
    begin(observer, () -> diff(request));
  }

  private Operation diff(DiffArchivesRequest request) throws Exception {
    Caller caller = Caller.current();
    Violations violations = new Violations();
    ArchiveName name = Requests.archive("left", request.getLeft(), violations);
    DiffJob.Right right = right(request, caller, violations);
    int most = request.getMaxDifferences() == 0 ? DEFAULT_DIFFERENCES : request.getMaxDifferences();
    violations.require(
        most > 0 && most <= MAX_DIFFERENCES,
        "max_differences",
        "must be 1 to " + MAX_DIFFERENCES + ", is " + most);
    violations.require(
        !request.getPackages() || request.getRightCase() != RightCase.RIGHT_DIRECTORY,
        "packages",
        "are compared of two archives, not of a directory");
    begin(request.getRequestId(), request.getPriority(), caller, violations);
    ArchiveName left = Objects.requireNonNull(name);
    requireArchive(caller, left);
    if (right instanceof DiffJob.RightArchive(ArchiveName other)) {
      requireArchive(caller, other);
      if (request.getPackages()) {
        return submit(
            caller,
            request.getRequestId(),
            request,
            request.getPriority(),
            new PackageDiffJob(catalog, left, other, most));
      }
    }
    DiffOptions options =
        DiffOptions.defaults()
            .withWorkers(work.workers)
            .withQuick(request.getQuick())
            .withMtimes(!request.getIgnoreMtimes())
            .withOwners(!request.getIgnoreOwners())
            .withModes(!request.getIgnoreModes());
    return submit(
        caller,
        request.getRequestId(),
        request,
        request.getPriority(),
        new DiffJob(catalog, left, Objects.requireNonNull(right), options, most));
  }

  private DiffJob.@Nullable Right right(
      DiffArchivesRequest request, Caller caller, Violations violations) throws IOException {
    return switch (request.getRightCase()) {
      case RIGHT_ARCHIVE -> {
        ArchiveName name = Requests.archive("right_archive", request.getRightArchive(), violations);
        yield name == null ? null : new DiffJob.RightArchive(name);
      }
      case RIGHT_DIRECTORY -> {
        violations.require(
            caller.may(Role.PACK), "right_directory", "needs the role pack; name an archive");
        Path directory =
            path(
                "right_directory", request.getRightDirectory(), roots::resolveReadable, violations);
        yield directory == null ? null : new DiffJob.RightDirectory(directory, roots);
      }
      case RIGHT_NOT_SET -> {
        violations.add("right", "is not set; name an archive or a directory");
        yield null;
      }
    };
  }

  private static void paths(String field, List<String> texts, Violations violations) {
    violations.require(
        texts.size() <= MAX_PATHS, field, "are " + texts.size() + ", limit " + MAX_PATHS);
  }

  /** Checks what all requests have, and then all that was noted. */
  private static void begin(
      String requestId, Priority priority, Caller caller, Violations violations) {
    Requests.requestId(requestId, violations);
    Requests.priority(priority, caller, violations);
    violations.check();
  }

  /** Says now, not in the operation, that there is no such archive. */
  private void requireArchive(Caller caller, ArchiveName name) throws IOException {
    Access.require(caller, name);
    catalog.open(name).close();
  }

  private Operation submit(
      Caller caller, String requestId, Message request, Priority priority, Job job)
      throws Exception {
    return operations.submit(caller, requestId, request, priority, job);
  }
}
