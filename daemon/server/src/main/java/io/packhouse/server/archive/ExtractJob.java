package io.packhouse.server.archive;

import com.google.protobuf.Message;
import io.packhouse.engine.restore.RestoreListener;
import io.packhouse.engine.restore.RestoreOptions;
import io.packhouse.engine.restore.RestoreReport;
import io.packhouse.engine.restore.Restorer;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.JobContext;
import io.packhouse.server.roots.Roots;
import io.packhouse.v1.EntryProblem;
import io.packhouse.v1.ExtractArchiveResponse;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Extracts an archive into a directory of the server. */
public final class ExtractJob implements Job {
  private final Catalog catalog;
  private final ArchiveName name;
  private final Path destination;
  private final RestoreOptions options;
  private final Roots roots;

  /**
   * @param roots make and open the destination
   */
  public ExtractJob(
      Catalog catalog, ArchiveName name, Path destination, RestoreOptions options, Roots roots) {
    this.roots = roots;
    this.catalog = catalog;
    this.name = name;
    this.destination = destination;
    this.options = options;
  }

  @Override
  public String verb() {
    return "extract";
  }

  @Override
  public String archive() {
    return name.toString();
  }

  @Override
  public long memoryBytes() {
    return options.memoryBytes();
  }

  @Override
  public Message run(JobContext context) throws IOException, InterruptedException {
    try (ArchiveLease lease = catalog.open(name)) {
      Restorer restorer =
          new Restorer(lease.reader(), options, moment -> context.progress(progress(moment)));
      context.onCancel(restorer::cancel);
      try (Roots.Destination made = roots.make(destination.toString())) {
        try {
          return response(restorer.restore(made.directory(), made.isCreated()));
        } catch (Throwable e) {
          made.removeIfEmpty();
          throw e;
        }
      }
    }
  }

  private static Progress progress(RestoreListener.Progress moment) {
    return Progress.newBuilder()
        .setStage(moment.found() ? Progress.Stage.STAGE_WORKING : Progress.Stage.STAGE_FINDING)
        .setCurrentPath(moment.currentPath())
        .setEntriesFound(moment.entriesFound())
        .setBytesFound(moment.bytesFound())
        .setEntriesDone(moment.entriesRestored())
        .setBytesDone(moment.bytesRestored())
        .setBytesWritten(moment.bytesRestored())
        .build();
  }

  private Message response(RestoreReport report) {
    ExtractArchiveResponse.Builder response =
        ExtractArchiveResponse.newBuilder()
            .setArchive(name.toString())
            .setId(report.id())
            .setDestination(destination.toString())
            .setFiles(report.files())
            .setDirectories(report.directories())
            .setSymlinks(report.symlinks())
            .setHardlinks(report.hardlinks())
            .setSpecials(report.specials())
            .setBytes(report.bytes())
            .setWallTime(Times.duration(report.wallNanos()))
            .setProblemCount(report.problemCount());
    for (RestoreReport.Problem problem : report.problems()) {
      response.addProblems(
          EntryProblem.newBuilder()
              .setKind(problem.kind().name().toLowerCase(Locale.ROOT))
              .setPath(problem.path())
              .setProblem(problem.reason()));
    }
    return response.build();
  }
}
