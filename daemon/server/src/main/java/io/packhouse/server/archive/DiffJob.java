package io.packhouse.server.archive;

import com.google.protobuf.Message;
import io.packhouse.engine.diff.ArchiveDiff;
import io.packhouse.engine.diff.DiffConsumer;
import io.packhouse.engine.diff.DiffEntry;
import io.packhouse.engine.diff.DiffOptions;
import io.packhouse.engine.diff.DiffSummary;
import io.packhouse.engine.fs.DirectoryOpener;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.JobContext;
import io.packhouse.v1.DiffArchivesResponse;
import io.packhouse.v1.Difference;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/** Compares an archive with another one, or with a directory of the server. */
public final class DiffJob implements Job {
  /** What an archive is compared with. */
  public sealed interface Right {}

  /** Another archive. */
  public record RightArchive(ArchiveName name) implements Right {}

  /** A directory of the server, and how it is opened. */
  public record RightDirectory(Path directory, DirectoryOpener opener) implements Right {}

  private final Catalog catalog;
  private final ArchiveName left;
  private final Right right;
  private final DiffOptions options;
  private final int maxDifferences;

  /**
   * @param maxDifferences most that the response lists; all are counted
   */
  public DiffJob(
      Catalog catalog, ArchiveName left, Right right, DiffOptions options, int maxDifferences) {
    this.catalog = catalog;
    this.left = left;
    this.right = right;
    this.options = options;
    this.maxDifferences = maxDifferences;
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
    return ReaderOptions.DEFAULT.cacheBytes() * (right instanceof RightArchive ? 2 : 1);
  }

  @Override
  public Message run(JobContext context) throws IOException, InterruptedException {
    DiffArchivesResponse.Builder response =
        DiffArchivesResponse.newBuilder().setLeft(left.toString());
    context.progress(Progress.newBuilder().setStage(Progress.Stage.STAGE_FINDING).build());
    DiffConsumer out =
        difference -> {
          if (context.isCancelled()) {
            throw new IOException(new CancellationException("cancelled"));
          }
          if (response.getDifferencesCount() < maxDifferences) {
            response.addDifferences(difference(difference));
          }
        };
    DiffSummary summary;
    try (ArchiveReader from = catalog.openAlone(left)) {
      summary =
          switch (right) {
            case RightArchive(ArchiveName name) -> {
              response.setRight(name.toString());
              try (ArchiveReader to = catalog.openAlone(name)) {
                Closing.onCancel(context, from, to);
                yield ArchiveDiff.compare(from, to, options, out);
              }
            }
            case RightDirectory(Path directory, DirectoryOpener opener) -> {
              response.setRight(directory.toString());
              Closing.onCancel(context, from);
              try (OpenDirectory tree = opener.open(directory)) {
                yield ArchiveDiff.compare(from, tree, options, out);
              }
            }
          };
    }
    return response
        .setSame(summary.isSame())
        .setAdded(summary.added())
        .setRemoved(summary.removed())
        .setChanged(summary.changed())
        .setMoved(summary.moved())
        .setUnchanged(summary.unchanged())
        .setUnreadable(summary.unreadable())
        .build();
  }

  private static Difference difference(DiffEntry entry) {
    Difference.Builder difference =
        Difference.newBuilder()
            .setKind(
                switch (entry.kind()) {
                  case ADDED -> Difference.Kind.KIND_ADDED;
                  case REMOVED -> Difference.Kind.KIND_REMOVED;
                  case CHANGED -> Difference.Kind.KIND_CHANGED;
                  case MOVED -> Difference.Kind.KIND_MOVED;
                  case UNREADABLE -> Difference.Kind.KIND_UNREADABLE;
                })
            .setPath(PathText.display(entry.pathBytes()))
            .setSize(entry.size());
    for (DiffEntry.Attribute attribute : entry.change()) {
      difference.addAttributes(attribute.name().toLowerCase(Locale.ROOT));
    }
    byte[] from = entry.movedFrom();
    if (from != null) {
      difference.setMovedFrom(PathText.display(from));
    }
    String reason = entry.reason();
    if (reason != null) {
      difference.setProblem(reason);
    }
    return difference.build();
  }
}
