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
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
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
  private boolean parts;
  private List<Ignorable> ignored = new ArrayList<>();
  private @Nullable Integer workers;

  /** Whether the left side is the directory. */
  private boolean turned;

  private final BaseOptions bases = new BaseOptions();
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
            "  packhouse diff --packages monday.pkh tuesday.pkh",
            "  packhouse diff --parts monday.pkh tuesday.pkh")
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
        .flag(
            "--parts",
            "Tell which parts of files differ, of two archives: the members of jars and other zips,"
                + " the bytes of other files. Reads these",
            value -> parts = value)
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
    bases.describe(syntax);
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
      RemoteOptions.refuse(parts ? parts : null, "--parts");
      bases.refuseRemote();
    }
    turned = Files.isDirectory(left);
    if (turned && Files.isDirectory(right)) {
      throw Failure.usage(left + " and " + right + " are both directories; one must be an archive");
    }
    if (packages || parts) {
      requireArchives(packages ? "--packages" : "--parts");
    }
    if (packages) {
      return comparePackages();
    }
    DiffSummary summary;
    if (common.json) {
      try (Json json = newJson()) {
        summary = compare(options, (entry, parts) -> writeJson(json, entry, parts));
        writeJson(json, summary);
      }
    } else {
      try (Writer out = newText()) {
        Style style = style();
        summary = compare(options, (entry, parts) -> write(out, style, entry, parts));
        if (!common.quiet) {
          write(out, summary);
        }
      }
    }
    return summary.unreadable() > 0
        ? ExitCode.INPUT
        : summary.isSame() ? ExitCode.OK : ExitCode.DIFFERENT;
  }

  private void requireArchives(String option) throws Failure {
    for (Path side : List.of(left, right)) {
      if (Files.isDirectory(side)) {
        throw Failure.usage(side + " is a directory; " + option + " compares two archives");
      }
    }
  }

  private int comparePackages() throws IOException, InterruptedException {
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

  /** Takes a difference, and which parts of the file differ where that is known. */
  private interface Taker {
    void take(DiffEntry entry, @Nullable FileParts parts) throws IOException;
  }

  private DiffSummary compare(DiffOptions options, Taker out)
      throws IOException, InterruptedException {
    DiffConsumer whole = entry -> out.take(entry, null);
    if (away) {
      return compareThere(whole);
    }
    if (turned) {
      try (ArchiveReader reader = Archives.open(right)) {
        return reversed(ArchiveDiff.compare(reader, left, options, whole));
      }
    }
    try (ArchiveReader from = Archives.open(left, bases)) {
      if (Files.isDirectory(right)) {
        return ArchiveDiff.compare(from, right, options, whole);
      }
      try (ArchiveReader to = Archives.open(right, bases)) {
        return ArchiveDiff.compare(
            from, to, options, entry -> out.take(entry, partsOf(entry, from, to)));
      }
    }
  }

  /** Which parts of a file differ, where that is asked for, and it is a file on both sides. */
  private @Nullable FileParts partsOf(DiffEntry entry, ArchiveReader from, ArchiveReader to)
      throws IOException {
    if (!parts
        || entry.kind() != DiffEntry.Kind.CHANGED
        || !entry.change().contains(DiffEntry.Attribute.CONTENTS)) {
      return null;
    }
    Entry before = from.find(entry.pathBytes());
    Entry after = to.find(entry.pathBytes());
    return before == null || after == null || !isReadable(before) || !isReadable(after)
        ? null
        : FileParts.compare(new EntryFile(from, before), new EntryFile(to, after));
  }

  private static boolean isReadable(Entry entry) {
    return entry.is(EntryType.FILE) && entry.isOk();
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

  private void write(Writer out, Style style, DiffEntry entry, @Nullable FileParts parts)
      throws IOException {
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
    if (parts != null) {
      parts.write(out, style);
    }
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

  private void writeJson(Json json, DiffEntry entry, @Nullable FileParts parts) throws IOException {
    json.begin()
        .text("kind", kind(entry).name().toLowerCase(Locale.ROOT))
        .path("path", path(entry));
    if (entry.kind() == DiffEntry.Kind.MOVED) {
      json.path("moved_from", origin(entry));
    }
    if (!entry.change().isEmpty()) {
      json.value("changes", changeNames(entry));
    }
    json.number("size", entry.size()).text("problem", entry.reason());
    if (parts != null) {
      parts.writeJson(json);
    }
    json.end();
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
