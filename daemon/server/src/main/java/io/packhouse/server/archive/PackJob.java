package io.packhouse.server.archive;

import com.google.protobuf.Message;
import io.packhouse.engine.fs.DirectoryOpener;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.PackReport;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.pack.Packer;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.JobContext;
import io.packhouse.v1.EntryProblem;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.util.List;

/** Packs directory trees of the server into an archive of the catalog. */
public final class PackJob implements Job {
  private final Catalog catalog;
  private final ArchiveName name;
  private final List<PackInput> inputs;
  private final PackOptions options;
  private final DirectoryOpener opener;
  private final PackResources resources;

  /**
   * @param name of the archive, which the catalog keeps
   * @param opener opens the inputs
   * @param resources that packs share
   */
  public PackJob(
      Catalog catalog,
      ArchiveName name,
      List<PackInput> inputs,
      PackOptions options,
      DirectoryOpener opener,
      PackResources resources) {
    this.catalog = catalog;
    this.name = name;
    this.inputs = List.copyOf(inputs);
    this.options = options;
    this.opener = opener;
    this.resources = resources;
  }

  @Override
  public String verb() {
    return "pack";
  }

  @Override
  public String archive() {
    return name.toString();
  }

  @Override
  public long memoryBytes() {
    return options.startBytes();
  }

  @Override
  public long growthBytes() {
    return options.windowBytes();
  }

  @Override
  public boolean writesArchive() {
    return true;
  }

  @Override
  public Message run(JobContext context) throws IOException, InterruptedException {
    Packer packer =
        new Packer(inputs, options, moment -> context.progress(progress(moment)))
            .withOpener(opener)
            .withGrants(context::grow)
            .withResources(resources);
    context.onCancel(packer::cancel);
    PackReport report = packer.pack(catalog.place(name));
    catalog.changed(name);
    return response(name.toString(), report);
  }

  /** A moment of a pack, for callers. */
  static Progress progress(PackListener.Progress moment) {
    boolean finishing = moment.walkDone() && moment.entriesPlaced() >= moment.entriesFound();
    Progress.Stage stage =
        !moment.walkDone()
            ? Progress.Stage.STAGE_FINDING
            : finishing ? Progress.Stage.STAGE_FINISHING : Progress.Stage.STAGE_WORKING;
    return Progress.newBuilder()
        .setStage(stage)
        .setCurrentPath(moment.currentPath())
        .setEntriesFound(moment.entriesFound())
        .setBytesFound(moment.bytesFound())
        .setEntriesDone(moment.entriesPlaced())
        .setBytesDone(moment.bytesPlaced())
        .setBytesWritten(moment.bytesWritten())
        .build();
  }

  /**
   * What a pack did, for callers.
   *
   * @param archive its name in the catalog, empty for none
   */
  static PackArchiveResponse response(String archive, PackReport report) {
    PackArchiveResponse.Builder response =
        PackArchiveResponse.newBuilder()
            .setArchive(archive)
            .setId(report.id())
            .setFiles(report.files())
            .setDirectories(report.directories())
            .setSymlinks(report.symlinks())
            .setHardlinks(report.hardlinks())
            .setSpecials(report.specials())
            .setPackages(report.packages())
            .setExtractErrors(report.extractErrors())
            .setUnseenSiblings(report.unseenSiblings())
            .setBytes(report.bytesIn())
            .setDeduplicatedBytes(report.dedupedBytes())
            .setSharedBytes(report.sharedBytes())
            .setExtents(report.extents())
            .setHoleBytes(report.holeBytes())
            .setBlobs(report.blobs())
            .setRawStoredBytes(report.rawBlobBytes())
            .setCompressedInBytes(report.compressedInBytes())
            .setCompressedOutBytes(report.compressedOutBytes())
            .setIndexBytes(report.indexBytes())
            .setSizeBytes(report.archiveBytes())
            .setWallTime(Times.duration(report.wallNanos()))
            .putAllStageTimes(Times.durations(report.stageNanos()))
            .putAllWaitTimes(Times.durations(report.waitNanos()))
            .setFailed(report.failedCount())
            .setSkipped(report.skippedCount())
            .addAllSkippedPaths(report.skipped());
    for (PackReport.Failure failure : report.failures()) {
      response.addFailures(
          EntryProblem.newBuilder()
              .setPath(failure.path())
              .setKind(failure.status())
              .setProblem(failure.error()));
    }
    return response.build();
  }
}
