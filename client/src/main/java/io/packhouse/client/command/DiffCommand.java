package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.client.output.Style;
import io.packhouse.engine.diff.ArchiveDiff;
import io.packhouse.engine.diff.DiffConsumer;
import io.packhouse.engine.diff.DiffEntry;
import io.packhouse.engine.diff.DiffOptions;
import io.packhouse.engine.diff.DiffSummary;
import io.packhouse.engine.diff.PackageChange;
import io.packhouse.engine.diff.PackageDiff;
import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells what differs between two archives, or an archive and a directory. */
final class DiffCommand extends Subcommand {
  /** What {@code --ignore} takes. */
  enum Ignorable {
    MTIME,
    OWNER,
    MODE
  }

  private Path left = Path.of("");
  private Path right = Path.of("");
  private boolean quick;
  private boolean packages;
  private List<Ignorable> ignored = new ArrayList<>();
  private @Nullable Integer workers;

  /** Whether the left side is the directory. */
  private boolean turned;

  private final RemoteOptions remote = new RemoteOptions();

  /** Whether a daemon compares. */
  private boolean away;

  DiffCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Tell what differs between two archives, or an archive and a directory, in either"
                + " order. Archives are compared by their indices, directories are read.",
            "",
            "  + path              only in B",
            "  - path              only in A",
            "  ~ path (contents)   in both, with what differs",
            "  > old -> new        the same contents, under another path in B",
            "  ! path: reason      could not be read",
            "",
            "With --packages, of two archives:",
            "",
            "  + purl versions     only in B",
            "  - purl versions     only in A",
            "  ^ purl old -> new   in both, in other versions",
            "  = purl version      in both, under other licenses",
            "")
        .exitCodes(
            "0:no differences",
            ExitCode.DIFFERENT_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse diff monday.pkh tuesday.pkh",
            "  packhouse diff m2.pkh ~/.m2/repository --quick",
            "  packhouse diff --ignore mtime,owner m2.pkh restored && echo same",
            "  packhouse diff --packages monday.pkh tuesday.pkh")
        .operand("A", Path.class, "An archive or directory: as it was", value -> left = value)
        .operand("B", Path.class, "An archive or directory: as it is", value -> right = value)
        .flag(
            "--quick",
            "Take files of equal size and time as equal, without reading the directory's",
            value -> quick = value)
        .flag(
            "--packages",
            "Compare the packages of two archives: added, removed, upgraded, relicensed",
            value -> packages = value)
        .commaList(
            "--ignore",
            "WHAT",
            Ignorable.class,
            "Leave out of account: mtime, owner, mode; several with commas",
            value -> ignored = value)
        .option(
            "-j --workers",
            "COUNT",
            Integer.class,
            "Threads that read and hash the directory, 1 to 1024 [one a processor]",
            value -> workers = value);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    DiffOptions options =
        DiffOptions.defaults()
            .withQuick(quick)
            .withMtimes(!ignored.contains(Ignorable.MTIME))
            .withOwners(!ignored.contains(Ignorable.OWNER))
            .withModes(!ignored.contains(Ignorable.MODE))
            .withWorkers(checkWorkers(workers));
    away = remote.isRemote(streams());
    if (away) {
      RemoteOptions.refuse(workers, "--workers");
    }
    turned = Files.isDirectory(left);
    if (turned && Files.isDirectory(right)) {
      throw Failure.usage(left + " and " + right + " are both directories; one must be an archive");
    }
    if (packages) {
      return comparePackages();
    }
    DiffSummary summary;
    if (common.json) {
      try (Json json = newJson()) {
        summary = compare(options, entry -> writeJson(json, entry));
        writeJson(json, summary);
      }
    } else {
      try (Writer out = newText()) {
        Style style = style();
        summary = compare(options, entry -> write(out, style, entry));
        if (!common.quiet) {
          write(out, summary);
        }
      }
    }
    return summary.unreadable() > 0
        ? ExitCode.INPUT
        : summary.isSame() ? ExitCode.OK : ExitCode.DIFFERENT;
  }

  private int comparePackages() throws IOException, InterruptedException {
    for (Path side : List.of(left, right)) {
      if (Files.isDirectory(side)) {
        throw Failure.usage(side + " is a directory; --packages compares two archives");
      }
    }
    List<PackageChange> changes = packageChanges();
    if (common.json) {
      try (Json json = newJson()) {
        for (PackageChange change : changes) {
          PackageChanges.write(json, change);
        }
      }
    } else {
      try (Writer out = newText()) {
        for (PackageChange change : changes) {
          PackageChanges.write(out, style(), change);
        }
      }
    }
    return changes.isEmpty() ? ExitCode.OK : ExitCode.DIFFERENT;
  }

  private List<PackageChange> packageChanges() throws IOException, InterruptedException {
    if (away) {
      try (ProgressLine line = newProgress()) {
        return RemoteDiff.packages(remote, session(), line, left, right);
      }
    }
    try (ArchiveReader from = Archives.open(left);
        ArchiveReader to = Archives.open(right)) {
      return PackageDiff.compare(from, to);
    }
  }

  private DiffSummary compare(DiffOptions options, DiffConsumer out)
      throws IOException, InterruptedException {
    if (away) {
      return compareThere(out);
    }
    if (turned) {
      try (ArchiveReader reader = Archives.open(right)) {
        return reversed(ArchiveDiff.compare(reader, left, options, out));
      }
    }
    try (ArchiveReader from = Archives.open(left)) {
      if (Files.isDirectory(right)) {
        return ArchiveDiff.compare(from, right, options, out);
      }
      try (ArchiveReader to = Archives.open(right)) {
        return ArchiveDiff.compare(from, to, options, out);
      }
    }
  }

  private DiffSummary compareThere(DiffConsumer out) throws IOException, InterruptedException {
    try (ProgressLine line = newProgress()) {
      DiffSummary summary = RemoteDiff.diff(remote, session(), line, request(), out);
      return turned ? reversed(summary) : summary;
    }
  }

  private RemoteDiff.Request request() {
    Path other = turned ? left : right;
    return new RemoteDiff.Request(
        turned ? right : left,
        other,
        Files.isDirectory(other),
        quick,
        ignored.contains(Ignorable.MTIME),
        ignored.contains(Ignorable.OWNER),
        ignored.contains(Ignorable.MODE));
  }

  /** The engine compares an archive with a tree; where the tree comes first, all is turned. */
  private DiffEntry.Kind kind(DiffEntry entry) {
    return switch (entry.kind()) {
      case ADDED -> turned ? DiffEntry.Kind.REMOVED : DiffEntry.Kind.ADDED;
      case REMOVED -> turned ? DiffEntry.Kind.ADDED : DiffEntry.Kind.REMOVED;
      case MOVED, CHANGED, UNREADABLE -> entry.kind();
    };
  }

  private byte[] path(DiffEntry entry) {
    return turned && entry.kind() == DiffEntry.Kind.MOVED ? movedFrom(entry) : entry.pathBytes();
  }

  /** Where a moved entry was. */
  private byte[] origin(DiffEntry entry) {
    return turned ? entry.pathBytes() : movedFrom(entry);
  }

  private static byte[] movedFrom(DiffEntry entry) {
    byte[] from = entry.movedFrom();
    if (from == null) {
      throw new IllegalStateException("moved from nowhere, entry=" + entry);
    }
    return from;
  }

  private static DiffSummary reversed(DiffSummary summary) {
    return new DiffSummary(
        summary.removed(),
        summary.added(),
        summary.changed(),
        summary.moved(),
        summary.unchanged(),
        summary.unreadable());
  }

  private void write(Writer out, Style style, DiffEntry entry) throws IOException {
    String path = Archives.display(path(entry));
    out.write(
        switch (kind(entry)) {
          case ADDED -> style.green("+ " + path);
          case REMOVED -> style.red("- " + path);
          case CHANGED -> style.yellow("~ " + path) + changes(entry);
          case MOVED ->
              style.cyan("> " + Archives.display(origin(entry)))
                  + " -> "
                  + style.cyan(path)
                  + changes(entry);
          case UNREADABLE -> style.red("! " + path) + ": " + Failures.oneLine(entry.reason());
        });
    out.write('\n');
  }

  private static String changes(DiffEntry entry) {
    return entry.change().isEmpty() ? "" : " (" + String.join(", ", changeNames(entry)) + ")";
  }

  private static List<String> changeNames(DiffEntry entry) {
    return entry.change().stream()
        .map(attribute -> attribute.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static void write(Writer out, DiffSummary summary) throws IOException {
    out.write(
        Numbers.count(summary.added())
            + " added, "
            + Numbers.count(summary.removed())
            + " removed, "
            + Numbers.count(summary.changed())
            + " changed, "
            + Numbers.count(summary.moved())
            + " moved, "
            + Numbers.count(summary.unchanged())
            + " the same"
            + (summary.unreadable() == 0
                ? ""
                : ", " + Numbers.count(summary.unreadable()) + " not readable")
            + "\n");
  }

  private void writeJson(Json json, DiffEntry entry) throws IOException {
    json.begin()
        .text("kind", kind(entry).name().toLowerCase(Locale.ROOT))
        .path("path", path(entry));
    if (entry.kind() == DiffEntry.Kind.MOVED) {
      json.path("moved_from", origin(entry));
    }
    if (!entry.change().isEmpty()) {
      json.value("changes", changeNames(entry));
    }
    json.number("size", entry.size()).text("problem", entry.reason()).end();
  }

  private static void writeJson(Json json, DiffSummary summary) throws IOException {
    json.begin()
        .text("kind", "summary")
        .flag("same", summary.isSame())
        .number("added", summary.added())
        .number("removed", summary.removed())
        .number("changed", summary.changed())
        .number("moved", summary.moved())
        .number("unchanged", summary.unchanged())
        .number("unreadable", summary.unreadable())
        .end();
  }
}
