package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.client.output.StandardOutput;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.engine.read.parts.ArchiveSource;
import io.packhouse.engine.restore.RestoreException;
import io.packhouse.engine.restore.RestoreListener;
import io.packhouse.engine.restore.RestoreOptions;
import io.packhouse.engine.restore.RestoreReport;
import io.packhouse.engine.restore.Restorer;
import io.packhouse.engine.restore.Selection;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.select.PathGlob;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Restores an archive, or a part of it, to a directory. */
final class ExtractCommand extends Subcommand {
  private Path archive = Path.of("");
  private List<String> operands = new ArrayList<>();
  private boolean force;
  private boolean keepGoing;
  private List<String> excludes = new ArrayList<>();
  private boolean noOwners;
  private boolean noXattrs;
  private boolean sync;
  private boolean toStdout;
  private @Nullable Integer workers;
  private final BaseOptions bases = new BaseOptions();
  private final RemoteOptions remote = new RemoteOptions();
  private long memory = RestoreOptions.DEFAULT_MEMORY_BYTES;

  ExtractCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .synopsis(
            "packhouse extract [OPTIONS] ARCHIVE DEST [PATH|GLOB...]",
            "       packhouse extract --to-stdout ARCHIVE PATH|GLOB...")
        .description(
            "Restore an archive, or what PATHs and GLOBs name of it, to the directory DEST:"
                + " contents, modes, times and links; owners when run by root.",
            "",
            "DEST is made where it is missing, and must be empty without --force. Nothing is"
                + " written outside it, whatever the archive says. A file appears when its contents"
                + " were checked, or not at all.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.OUTPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT,
            ExitCode.PARTIAL_TEXT,
            ExitCode.INTERRUPTED_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse extract m2.pkh restored",
            "  packhouse extract m2.pkh poms '*.pom' org/slf4j",
            "  packhouse extract --to-stdout m2.pkh '**/maven-metadata*.xml' | grep '<version>'")
        .operand("ARCHIVE", Path.class, "The archive", value -> archive = value)
        .operands(
            "DEST [PATH|GLOB...]",
            true,
            "The directory to restore to, and what to restore: directories stand for all below"
                + " them. A glob without / matches names at any depth, one with / whole paths"
                + " [everything]",
            value -> operands = value)
        .flag(
            "-f --force",
            "Restore into a DEST that is not empty, and replace what is in the way",
            value -> force = value)
        .flag(
            "--keep-going",
            "Name what cannot be restored, and go on (exit code 7), instead of stopping",
            value -> keepGoing = value)
        .list(
            "--exclude",
            "GLOB",
            String.class,
            "Leave out what matches, and all below; may be repeated",
            value -> excludes = value)
        .flag(
            "--no-owners",
            "Do not restore owners, even when run by root",
            value -> noOwners = value)
        .flag("--no-xattrs", "Do not restore extended attributes", value -> noXattrs = value)
        .flag("--sync", "End when everything is safely on disk", value -> sync = value)
        .flag(
            "-O --to-stdout",
            "Write the contents of the files to standard output instead, one after another",
            value -> toStdout = value)
        .option(
            "-j --workers",
            "COUNT",
            Integer.class,
            "Threads that decode, check and write, 1 to 1024 [one a processor]",
            value -> workers = value)
        .bytes(
            "--memory",
            "For decoded contents, as 64M or 1GiB, at least 4M [128M]",
            value -> memory = value);
    bases.describe(syntax);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    int count = checkWorkers(workers);
    if (memory < RestoreOptions.MIN_MEMORY_BYTES) {
      throw Failure.usage("--memory must be at least 4M, is " + memory + " bytes");
    }
    if (toStdout) {
      return writeContents();
    }
    if (operands.isEmpty()) {
      throw Failure.usage(
          "extract needs a directory to restore to, as in: packhouse extract " + archive + " DEST");
    }
    Path destination = Path.of(operands.getFirst());
    if (!remote.isRemote(streams())) {
      return extract(archive, destination, count);
    }
    if (operands.size() > 1 || !excludes.isEmpty()) {
      return extractPart(destination, count);
    }
    try (FetchedArchive fetched = fetch(destination)) {
      return extractFetched(fetched.file(), destination, count);
    }
  }

  /** Extracts what is here now, of a delta with bases that may be there. */
  private int extractFetched(Path file, Path destination, int count)
      throws IOException, InterruptedException {
    try (ArchiveReader reader = ArchiveReader.open(file)) {
      if (reader.parts().footer().bases().bases().isEmpty()) {
        return extract(reader, destination, count);
      }
    }
    return Remote.with(
        remote,
        session(),
        client -> {
          RemoteBases found = new RemoteBases(client, archive.toString(), bases.places());
          ArchiveSource source = ArchiveSource.of(FileChannel.open(file));
          try (ArchiveReader reader =
              ArchiveReader.open(source, archive, ReaderOptions.DEFAULT, found)) {
            return extract(reader, destination, count);
          } catch (RestoreException e) {
            throw Objects.requireNonNullElse(found.failure(), e);
          }
        });
  }

  /** Reads of an archive elsewhere what is wanted, and no more. */
  private int extractPart(Path destination, int count) throws IOException, InterruptedException {
    refuseNotEmpty(destination);
    return Remote.with(
        remote,
        session(),
        client -> {
          RemoteSource source = RemoteSource.of(client, archive.toString());
          RemoteBases found = new RemoteBases(client, archive.toString(), bases.places());
          try (ArchiveReader reader =
              ArchiveReader.open(source, archive, ReaderOptions.DEFAULT, found)) {
            return extract(reader, destination, count);
          } catch (RestoreException e) {
            IOException failure = source.failure() == null ? found.failure() : source.failure();
            throw Objects.requireNonNullElse(failure, e);
          }
        });
  }

  private void refuseNotEmpty(Path destination) throws IOException {
    if (!force && Files.isDirectory(destination) && !isEmpty(destination)) {
      throw notEmpty(destination, null);
    }
  }

  /** Beside the destination there will be room for an archive, or there is none for what it has. */
  private FetchedArchive fetch(Path destination) throws IOException, InterruptedException {
    Path parent = destination.toAbsolutePath().normalize().getParent();
    refuseNotEmpty(destination);
    try (ProgressLine line = newProgress()) {
      return FetchedArchive.fetch(
          parent == null ? destination : parent,
          file -> RemoteWork.download(remote, session(), line, archive.toString(), file));
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }

  private int extract(Path file, Path destination, int count)
      throws IOException, InterruptedException {
    try (ArchiveReader reader = Archives.open(file, bases)) {
      return extract(reader, destination, count);
    }
  }

  private int extract(ArchiveReader reader, Path destination, int count)
      throws IOException, InterruptedException {
    PathSelection selected =
        PathSelection.of(new LocalArchive(reader), operands.subList(1, operands.size()));
    selected.requireMatches();
    PathFilter filter = new PathFilter(selected.globs(), excludeGlobs());
    RestoreOptions options =
        RestoreOptions.defaults()
            .withWorkers(count)
            .withMemoryBytes(memory)
            .withForce(force)
            .withKeepGoing(keepGoing)
            .withXattrs(!noXattrs)
            .withSync(sync)
            .withSelection(Selection.of(filter, selected.paths()));
    RestoreReport report =
        restore(reader, noOwners ? options.withOwners(false) : options, destination);
    tellProblems(report);
    write(report, destination);
    return report.problemCount() > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private List<PathGlob> excludeGlobs() throws Failure {
    List<PathGlob> globs = new ArrayList<>();
    for (String exclude : excludes) {
      globs.add(PathSelection.glob(exclude));
    }
    return globs;
  }

  private RestoreReport restore(ArchiveReader reader, RestoreOptions options, Path destination)
      throws IOException, InterruptedException {
    try (ProgressLine progress = newProgress()) {
      RestoreListener listener =
          moment ->
              progress.update(
                  "extracting",
                  moment.entriesRestored(),
                  moment.bytesRestored(),
                  moment.found() ? moment.bytesFound() : -1);
      Restorer restorer =
          new Restorer(reader, options, progress.isShown() ? listener : RestoreListener.NONE);
      session().onInterrupt(restorer::cancel);
      return restorer.restore(destination);
    } catch (RestoreException e) {
      if (e.reason() == RestoreException.Reason.DESTINATION && !force && isNotEmpty(e)) {
        throw notEmpty(destination, e);
      }
      throw e;
    }
  }

  private static Failure notEmpty(Path destination, @Nullable Throwable cause) {
    return new Failure(
        ExitCode.OUTPUT,
        destination + " is not empty; name another directory, or use --force",
        cause);
  }

  /** Of the reasons for a bad destination, the one without a cause is that there is something. */
  private static boolean isNotEmpty(RestoreException e) {
    return e.getCause() == null;
  }

  private void tellProblems(RestoreReport report) {
    for (RestoreReport.Problem problem : report.problems()) {
      session()
          .warn(
              problem.path()
                  + ": "
                  + problem.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                  + ": "
                  + problem.reason());
    }
    if (report.problemCount() > report.problems().size()) {
      session().warn("and " + (report.problemCount() - report.problems().size()) + " more");
    }
  }

  private void write(RestoreReport report, Path destination) throws IOException {
    if (common.json) {
      try (Json json = newJson()) {
        writeJson(json, report, destination);
      }
      return;
    }
    if (common.quiet) {
      return;
    }
    try (Writer out = newText()) {
      out.write(Failures.oneLine(destination.toString()) + ": ");
      out.write(Numbers.count(report.files(), "file") + " (" + Numbers.bytes(report.bytes()) + ")");
      out.write(", " + Numbers.count(report.directories(), "directory"));
      add(out, report.symlinks(), "symbolic link");
      add(out, report.hardlinks(), "hard link");
      add(out, report.specials(), "special file");
      add(out, report.problemCount(), "problem");
      out.write(" in " + Numbers.seconds(report.wallNanos()) + " s\n");
    }
  }

  private static void add(Writer out, long count, String noun) throws IOException {
    if (count > 0) {
      out.write(", " + Numbers.count(count, noun));
    }
  }

  private void writeJson(Json json, RestoreReport report, Path destination) throws IOException {
    json.begin()
        .text("archive", archive.toString())
        .text("id", report.id())
        .text("destination", destination.toString())
        .number("files", report.files())
        .number("directories", report.directories())
        .number("symlinks", report.symlinks())
        .number("hardlinks", report.hardlinks())
        .number("specials", report.specials())
        .number("bytes", report.bytes())
        .seconds("seconds", report.wallNanos())
        .number("problem_count", report.problemCount())
        .beginArray("problems");
    for (RestoreReport.Problem problem : report.problems()) {
      json.begin()
          .text("kind", problem.kind().name().toLowerCase(Locale.ROOT))
          .text("path", problem.path())
          .text("problem", problem.reason())
          .end();
    }
    json.endArray().end();
  }

  private int writeContents() throws IOException {
    if (common.json) {
      throw Failure.usage("--to-stdout writes files as they are; it does not go with --json");
    }
    if (operands.isEmpty()) {
      throw Failure.usage("--to-stdout needs paths or globs, not a directory to restore to");
    }
    PathFilter left = new PathFilter(List.of(), excludeGlobs());
    try (ArchiveView reader = Archives.open(session(), remote, bases, archive, false)) {
      PathSelection selected = PathSelection.of(reader, operands);
      StandardOutput out = streams().out();
      EntryView.Cursor entries =
          reader.entries(ArchiveView.Listing.TREE.withPrefix(selected.prefix()));
      for (EntryView entry = entries.next(); entry != null; entry = entries.next()) {
        boolean contents = entry.is(EntryType.FILE) || entry.is(EntryType.HARDLINK);
        if (selected.admits(entry) && contents && !left.excludes(entry.pathBytes(), false)) {
          EntryView file = reader.resolve(entry);
          reader.read(file, 0, file.size(), bytes -> writeAll(out, bytes));
        }
      }
      selected.requireAllUsed();
      out.flush();
    }
    return ExitCode.OK;
  }

  private static void writeAll(StandardOutput out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
