package io.packhouse.client.command;

import io.packhouse.client.output.ProgressLine;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackReport;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.remote.LocalTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.remote.TreeOptions;
import io.packhouse.v1.PackArchiveRequest;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackOptions;
import io.packhouse.v1.PackStreamStart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Has a daemon pack. One on this machine is asked to read the trees itself; where it may not, and
 * where it is elsewhere, they are sent.
 */
final class RemotePack {
  /**
   * How to pack.
   *
   * @param fast stores what is compressed inside as it is
   * @param sharingMemory null for the daemon's default
   * @param frameBytes likewise
   * @param clampNanos null for none
   */
  record Settings(
      int level,
      boolean fast,
      SharingOptions.Mode sharing,
      @Nullable Long sharingMemory,
      long blobBytes,
      @Nullable Long frameBytes,
      boolean reproducible,
      @Nullable Long clampNanos,
      boolean xattrs,
      boolean oneFileSystem,
      boolean keepGoing,
      boolean noMetadata,
      boolean force,
      List<String> digests,
      List<String> includes,
      List<String> excludes,
      PathFilter filter) {

    /** All but what selects entries. */
    PackOptions.Builder common() {
      PackOptions.Builder options =
          PackOptions.newBuilder()
              .setLevel(level)
              .setFast(fast)
              .setSharing(
                  switch (sharing) {
                    case AUTO -> PackOptions.Sharing.SHARING_AUTO;
                    case ON -> PackOptions.Sharing.SHARING_ON;
                    case OFF -> PackOptions.Sharing.SHARING_OFF;
                  })
              .setBlobBytes(blobBytes)
              .setReproducible(reproducible)
              .setXattrs(xattrs)
              .setKeepGoing(keepGoing)
              .setNoMetadata(noMetadata)
              .addAllDigests(digests);
      if (sharingMemory != null) {
        options.setSharingMemoryBytes(sharingMemory);
      }
      if (frameBytes != null) {
        options.setFrameBytes(frameBytes);
      }
      if (clampNanos != null) {
        options.setClampMtimeNanos(clampNanos);
      }
      return options;
    }
  }

  private final RemoteOptions remote;
  private final Session session;
  private final ProgressLine line;
  private final Settings settings;

  RemotePack(RemoteOptions remote, Session session, ProgressLine line, Settings settings) {
    this.remote = remote;
    this.session = session;
    this.line = line;
    this.settings = settings;
  }

  /**
   * Packs.
   *
   * @param archive its name in the catalog; {@code -} has it sent back to standard output
   */
  PackReport pack(List<PackInput> inputs, String archive) throws IOException, InterruptedException {
    return Remote.with(
        remote,
        session,
        client -> {
          boolean back = archive.equals("-");
          PackReport report =
              back || !Remote.isOnThisMachine(remote, session)
                  ? null
                  : packThere(client, inputs, archive);
          return report == null ? send(client, inputs, back ? "" : archive) : report;
        });
  }

  /** Has the daemon read the trees; null where it may not. */
  private @Nullable PackReport packThere(
      PackhouseClient client, List<PackInput> inputs, String archive)
      throws IOException, InterruptedException {
    PackArchiveRequest.Builder request =
        PackArchiveRequest.newBuilder()
            .setArchive(archive)
            .setForce(settings.force)
            .setOptions(
                settings
                    .common()
                    .setOneFileSystem(settings.oneFileSystem)
                    .addAllIncludes(settings.includes)
                    .addAllExcludes(settings.excludes));
    for (PackInput input : inputs) {
      if (!Files.isDirectory(input.directory())) {
        throw new Failure(ExitCode.INPUT, input.directory() + ": no such directory");
      }
      request
          .addInputsBuilder()
          .setPath(input.directory().toAbsolutePath().normalize().toString())
          .setMount(Objects.requireNonNullElse(input.mount(), ""))
          .setRepository(Objects.requireNonNullElse(input.repository(), ""));
    }
    try {
      return RemoteWork.report(
          RemoteWork.await(session, client.pack(request.build()), line, "packing"));
    } catch (RemoteException e) {
      boolean onlyPaths =
          !e.fieldViolations().isEmpty()
              && e.fieldViolations().stream()
                  .allMatch(violation -> violation.getField().matches("inputs\\[\\d+\\]\\.path"));
      if (onlyPaths) {
        return null;
      }
      throw e;
    }
  }

  private PackReport send(PackhouseClient client, List<PackInput> inputs, String archive)
      throws IOException, InterruptedException {
    List<LocalTree> trees =
        inputs.stream()
            .map(input -> new LocalTree(input.directory(), input.mount(), input.repository()))
            .toList();
    PackStreamStart start =
        PackStreamStart.newBuilder()
            .setArchive(archive)
            .setForce(settings.force)
            .setOptions(settings.common())
            .build();
    List<PackReport.Failure> problems = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    TreeOptions options =
        new TreeOptions(
            filter(),
            settings.oneFileSystem,
            settings.xattrs,
            settings.keepGoing
                ? problem -> problems.add(failure(problem.path(), problem.problem()))
                : null,
            path -> skipped.add(display(path)));
    session.onInterrupt(client::close);
    PackArchiveResponse response =
        archive.isEmpty()
            ? client
                .transfers()
                .packTrees(
                    trees,
                    start,
                    options,
                    session.streams().out(),
                    progress -> RemoteWork.show(line, "packing", progress))
            : client
                .transfers()
                .packTrees(
                    trees, start, options, progress -> RemoteWork.show(line, "packing", progress));
    PackArchiveResponse.Builder all = response.toBuilder();
    for (PackReport.Failure problem : problems) {
      all.addFailuresBuilder()
          .setPath(problem.path())
          .setKind(problem.status())
          .setProblem(problem.error());
    }
    return RemoteWork.report(
        all.setFailed(response.getFailed() + problems.size())
            .addAllSkippedPaths(skipped)
            .setSkipped(response.getSkipped() + skipped.size())
            .build());
  }

  private static PackReport.Failure failure(String path, String problem) {
    return new PackReport.Failure(display(path), "unreadable", problem);
  }

  private static String display(String path) {
    return PathText.display(path.getBytes(StandardCharsets.UTF_8));
  }

  private TreeOptions.Filter filter() {
    PathFilter filter = settings.filter;
    return new TreeOptions.Filter() {
      @Override
      public boolean excludes(byte[] path, boolean directory) {
        return filter.excludes(path, directory);
      }

      @Override
      public boolean includes(byte[] path, boolean directory) {
        // The root counts only where everything does: its empty name is matched by no glob.
        return path.length == 0 ? !filter.hasIncludes() : filter.includes(path, directory);
      }
    };
  }
}
