package io.packhouse.server.archive;

import com.google.protobuf.Message;
import io.packhouse.engine.diff.PackageChange;
import io.packhouse.engine.diff.PackageDiff;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.JobContext;
import io.packhouse.v1.DiffArchivesResponse;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Compares the packages of two archives. */
public final class PackageDiffJob implements Job {
  private final Catalog catalog;
  private final ArchiveName left;
  private final ArchiveName right;
  private final int maxChanges;

  /**
   * @param maxChanges most that the response lists; all are counted
   */
  public PackageDiffJob(Catalog catalog, ArchiveName left, ArchiveName right, int maxChanges) {
    this.catalog = catalog;
    this.left = left;
    this.right = right;
    this.maxChanges = maxChanges;
  }

  @Override
  public String verb() {
    return "diff";
  }

  @Override
  public String archive() {
    return left.toString();
  }

  @Override
  public long memoryBytes() {
    return 2 * ReaderOptions.DEFAULT.cacheBytes();
  }

  @Override
  public Message run(JobContext context) throws IOException {
    context.progress(Progress.newBuilder().setStage(Progress.Stage.STAGE_WORKING).build());
    try (ArchiveReader from = catalog.openAlone(left);
        ArchiveReader to = catalog.openAlone(right)) {
      Closing.onCancel(context, from, to);
      return response(PackageDiff.compare(from, to));
    }
  }

  private Message response(List<PackageChange> changes) {
    DiffArchivesResponse.Builder response =
        DiffArchivesResponse.newBuilder()
            .setLeft(left.toString())
            .setRight(right.toString())
            .setSame(changes.isEmpty());
    for (PackageChange change : changes) {
      switch (change.kind()) {
        case ADDED -> response.setAdded(response.getAdded() + 1);
        case REMOVED -> response.setRemoved(response.getRemoved() + 1);
        case UPGRADED, RELICENSED -> response.setChanged(response.getChanged() + 1);
      }
      if (response.getPackageChangesCount() < maxChanges) {
        response
            .addPackageChangesBuilder()
            .setKind(io.packhouse.v1.PackageChange.Kind.valueOf("KIND_" + change.kind().name()))
            .setPurl(change.purl())
            .addAllVersions(change.versions())
            .addAllNewVersions(change.newVersions())
            .setLicense(Objects.requireNonNullElse(change.license(), ""))
            .setNewLicense(Objects.requireNonNullElse(change.newLicense(), ""));
      }
    }
    return response.build();
  }
}
