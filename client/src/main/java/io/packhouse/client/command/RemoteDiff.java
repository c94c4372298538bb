package io.packhouse.client.command;

import io.packhouse.client.output.ProgressLine;
import io.packhouse.engine.diff.DiffConsumer;
import io.packhouse.engine.diff.DiffEntry;
import io.packhouse.engine.diff.DiffSummary;
import io.packhouse.engine.diff.PackageChange;
import io.packhouse.v1.DiffArchivesRequest;
import io.packhouse.v1.DiffArchivesResponse;
import io.packhouse.v1.Difference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Has a daemon compare. */
final class RemoteDiff {
  private static final String DIFFERENCE_KIND = "KIND_";

  /** As many differences as a daemon lists. */
  private static final int MOST = 100_000;

  /**
   * What to compare.
   *
   * @param archive in the catalog
   * @param other another one, or a directory
   * @param directory whether it is one
   */
  record Request(
      Path archive,
      Path other,
      boolean directory,
      boolean quick,
      boolean ignoreMtimes,
      boolean ignoreOwners,
      boolean ignoreModes) {}

  private RemoteDiff() {}

  /** Compares an archive of the catalog with another, or with a directory that the daemon sees. */
  static DiffSummary diff(
      RemoteOptions options, Session session, ProgressLine line, Request wanted, DiffConsumer out)
      throws IOException, InterruptedException {
    DiffArchivesRequest.Builder request =
        DiffArchivesRequest.newBuilder()
            .setLeft(wanted.archive.toString())
            .setQuick(wanted.quick)
            .setIgnoreMtimes(wanted.ignoreMtimes)
            .setIgnoreOwners(wanted.ignoreOwners)
            .setIgnoreModes(wanted.ignoreModes)
            .setMaxDifferences(MOST);
    if (wanted.directory) {
      request.setRightDirectory(wanted.other.toAbsolutePath().normalize().toString());
    } else {
      request.setRightArchive(wanted.other.toString());
    }
    DiffArchivesResponse response =
        Remote.with(
            options,
            session,
            client -> RemoteWork.await(session, client.diff(request.build()), line, "comparing"));
    for (Difference difference : response.getDifferencesList()) {
      out.accept(entry(difference));
    }
    DiffSummary summary =
        new DiffSummary(
            response.getAdded(),
            response.getRemoved(),
            response.getChanged(),
            response.getMoved(),
            response.getUnchanged(),
            response.getUnreadable());
    long all =
        summary.added()
            + summary.removed()
            + summary.changed()
            + summary.moved()
            + summary.unreadable();
    if (all > response.getDifferencesCount()) {
      session.warn("and " + (all - response.getDifferencesCount()) + " more differences");
    }
    return summary;
  }

  /** Compares the packages of two archives of the catalog. */
  static List<PackageChange> packages(
      RemoteOptions options, Session session, ProgressLine line, Path left, Path right)
      throws IOException, InterruptedException {
    DiffArchivesRequest request =
        DiffArchivesRequest.newBuilder()
            .setLeft(left.toString())
            .setRightArchive(right.toString())
            .setPackages(true)
            .setMaxDifferences(MOST)
            .build();
    DiffArchivesResponse response =
        Remote.with(
            options,
            session,
            client -> RemoteWork.await(session, client.diff(request), line, "comparing"));
    long all = response.getAdded() + response.getRemoved() + response.getChanged();
    if (all > response.getPackageChangesCount()) {
      session.warn("and " + (all - response.getPackageChangesCount()) + " more differences");
    }
    return response.getPackageChangesList().stream()
        .map(
            change ->
                new PackageChange(
                    PackageChange.Kind.valueOf(
                        change.getKind().name().substring(DIFFERENCE_KIND.length())),
                    change.getPurl(),
                    change.getVersionsList(),
                    change.getNewVersionsList(),
                    Remote.known(change.getLicense()),
                    Remote.known(change.getNewLicense())))
        .toList();
  }

  @SuppressWarnings("NullAway") // it does not see that the engine takes null for an array
  private static DiffEntry entry(Difference difference) {
    Set<DiffEntry.Attribute> changes = EnumSet.noneOf(DiffEntry.Attribute.class);
    for (String attribute : difference.getAttributesList()) {
      changes.add(DiffEntry.Attribute.valueOf(attribute.toUpperCase(Locale.ROOT)));
    }
    String from = difference.getMovedFrom();
    return new DiffEntry(
        DiffEntry.Kind.valueOf(difference.getKind().name().substring(DIFFERENCE_KIND.length())),
        bytes(difference.getPath()),
        changes,
        difference.getKind() == Difference.Kind.KIND_MOVED ? bytes(from) : null,
        difference.getSize(),
        Remote.known(difference.getProblem()));
  }

  /** The bytes of a path that a daemon shows. */
  private static byte[] bytes(String display) {
    byte[] bytes = PathArgument.unescape(display);
    return bytes == null ? display.getBytes(StandardCharsets.UTF_8) : bytes;
  }
}
