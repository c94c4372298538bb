package io.packhouse.client.command;

import com.google.protobuf.Message;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.engine.pack.PackReport;
import io.packhouse.engine.read.ArchiveSummary;
import io.packhouse.engine.read.verify.Damage;
import io.packhouse.engine.read.verify.VerifyReport;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteOperation;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.DescribeArchiveResponse;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.Progress;
import io.packhouse.v1.VerifyArchiveRequest;
import io.packhouse.v1.VerifyArchiveResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Has a daemon do what a command would do here, and gives its answers the form of the engine's, so
 * that they are shown in the same way.
 */
final class RemoteWork {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private RemoteWork() {}

  /** Waits for an operation's end. When the process is told to end, the operation is, too. */
  static <R extends Message> R await(
      Session session, RemoteOperation<R> operation, ProgressLine line, String verb)
      throws IOException, InterruptedException {
    session.onInterrupt(() -> cancel(session, operation));
    return operation.await(INTERVAL, progress -> show(line, verb, progress));
  }

  private static void cancel(Session session, RemoteOperation<?> operation) {
    try {
      operation.cancel();
    } catch (IOException e) {
      session.warn("cannot cancel " + operation.name() + ": " + Failures.message(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void show(ProgressLine line, String verb, Progress progress) {
    boolean all = progress.getStage().compareTo(Progress.Stage.STAGE_WORKING) >= 0;
    line.update(
        progress.getStage() == Progress.Stage.STAGE_QUEUED ? "waiting to start" : verb,
        progress.getEntriesDone(),
        progress.getBytesDone(),
        all && progress.getBytesFound() > 0 ? progress.getBytesFound() : -1);
  }

  /** Verifies an archive of the catalog. */
  static VerifyCommand.Outcome verify(
      RemoteOptions options,
      Session session,
      ProgressLine line,
      Path archive,
      List<String> paths,
      double sample,
      long seed,
      boolean digests)
      throws IOException, InterruptedException {
    VerifyArchiveRequest.Builder request =
        VerifyArchiveRequest.newBuilder()
            .setArchive(archive.toString())
            .setSample(sample)
            .setSeed(seed)
            .setDigests(digests);
    if (!paths.isEmpty()) {
      try (ArchiveView view = Archives.open(session, options, archive, false)) {
        for (String path : paths) {
          request.addPaths(RemoteArchive.text(Archives.find(view, path).pathBytes()));
        }
      }
    }
    VerifyArchiveResponse response =
        Remote.with(
            options,
            session,
            client -> await(session, client.verify(request.build()), line, "verifying"));
    List<Damage> damages = new ArrayList<>();
    for (io.packhouse.v1.Damage damage : response.getDamagesList()) {
      damages.add(
          new Damage(
              Damage.Kind.valueOf(damage.getKind().toUpperCase(Locale.ROOT)),
              damage.getSubject(),
              damage.hasOffset() ? damage.getOffset() : -1,
              damage.getProblem()));
    }
    return new VerifyCommand.Outcome(
        response.getId(),
        new VerifyReport(
            damages,
            response.getDamageCount(),
            response.getRows(),
            response.getFiles(),
            response.getBytes(),
            response.getBlobs(),
            response.getUncheckedFiles(),
            response.getUncheckedBytes(),
            response.getSampled()),
        Remote.nanos(response.getWallTime()));
  }

  /** Describes an archive of the catalog. */
  static ArchiveFacts describe(RemoteOptions options, Session session, String archive)
      throws IOException, InterruptedException {
    DescribeArchiveRequest request = DescribeArchiveRequest.newBuilder().setName(archive).build();
    return Remote.with(
        options,
        session,
        client -> facts(client.retrying(() -> client.catalog().describeArchive(request))));
  }

  static ArchiveFacts facts(DescribeArchiveResponse response) {
    Archive archive = response.getArchive();
    Map<String, Long> entries = response.getEntriesByTypeMap();
    ArchiveSummary summary =
        new ArchiveSummary(
            archive.getId(),
            archive.getSizeBytes(),
            archive.getFormatVersion(),
            response.getProducer(),
            new TreeMap<>(response.getOptionsMap()),
            archive.getRows(),
            entries.getOrDefault("file", 0L),
            entries.getOrDefault("directory", 0L),
            entries.getOrDefault("symlink", 0L),
            entries.getOrDefault("hardlink", 0L),
            entries.getOrDefault("special", 0L),
            entries.getOrDefault("nested", 0L),
            response.getFailed(),
            response.getBytes(),
            List.of(),
            response.getBlobs(),
            response.getRawBlobs(),
            response.getBlobs() - response.getRawBlobs(),
            response.getStoredBytes(),
            response.getRawStoredBytes(),
            response.getStoredBytes() - response.getRawStoredBytes(),
            response.getDecodedBytes(),
            response.getIndexBytes());
    Map<ArchiveFacts.Group, ArchiveFacts.Size> groups = ArchiveFacts.newGroups();
    response
        .getGroupsList()
        .forEach(
            group ->
                groups.put(
                    new ArchiveFacts.Group(
                        Remote.known(group.getPackageType()),
                        Remote.known(group.getRepository()),
                        group.getNested()),
                    new ArchiveFacts.Size(group.getRows(), group.getBatches())));
    return new ArchiveFacts(summary, groups, response.getBatches());
  }

  /** Fetches an archive of the catalog into a file. */
  static void download(
      RemoteOptions options, Session session, ProgressLine line, String archive, Path file)
      throws IOException, InterruptedException {
    Remote.with(
        options,
        session,
        client -> {
          session.onInterrupt(client::close);
          long size = size(client, archive);
          client
              .transfers()
              .download(archive, file, bytes -> line.update("fetching", 1, bytes, size));
          return size;
        });
  }

  private static long size(PackhouseClient client, String archive)
      throws IOException, InterruptedException {
    DescribeArchiveRequest request = DescribeArchiveRequest.newBuilder().setName(archive).build();
    return client
        .retrying(() -> client.catalog().describeArchive(request))
        .getArchive()
        .getSizeBytes();
  }

  /** The engine's report of a pack. */
  static PackReport report(PackArchiveResponse response) {
    return new PackReport(
        response.getId(),
        response.getFiles(),
        response.getDirectories(),
        response.getSymlinks(),
        response.getHardlinks(),
        response.getSpecials(),
        response.getPackages(),
        response.getSkippedPathsList(),
        response.getSkipped(),
        response.getFailuresList().stream()
            .map(each -> new PackReport.Failure(each.getPath(), each.getKind(), each.getProblem()))
            .toList(),
        response.getFailed(),
        response.getExtractErrors(),
        response.getUnseenSiblings(),
        response.getBytes(),
        response.getDeduplicatedBytes(),
        0, // and have no bases
        0,
        0,
        response.getSharedBytes(),
        response.getExtents(),
        response.getHoleBytes(),
        response.getBlobs(),
        response.getRawStoredBytes(),
        response.getCompressedInBytes(),
        response.getCompressedOutBytes(),
        response.getIndexBytes(),
        response.getSizeBytes(),
        Remote.nanos(response.getWallTime()),
        nanos(response.getStageTimesMap()),
        nanos(response.getWaitTimesMap()));
  }

  private static Map<String, Long> nanos(Map<String, com.google.protobuf.Duration> times) {
    Map<String, Long> nanos = new LinkedHashMap<>();
    times.forEach((name, time) -> nanos.put(name, Remote.nanos(time)));
    return nanos;
  }
}
