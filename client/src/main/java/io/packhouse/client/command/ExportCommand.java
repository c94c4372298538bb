package io.packhouse.client.command;

import io.packhouse.client.sbom.Bill;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.remote.PackhouseClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what archives hold in forms that other tools read. What it needs for that is beside the
 * class path of other commands.
 */
final class ExportCommand extends Subcommand {
  /** What is written. */
  enum Format {
    CYCLONEDX,
    SPDX,
    SPDX3,
    PARQUET
  }

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private @Nullable Format format;
  private @Nullable String time;
  private boolean files;
  private final TableOptions tables = new TableOptions();
  private final RemoteOptions remote = new RemoteOptions();

  ExportCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Write the packages of archives, nested ones included, as a software bill of"
                + " materials, or all tables of packhouse query as Parquet files.",
            "The same archives give the same bytes. What is written where, and which dependencies"
                + " are, is in docs/export.md.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.OUTPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT,
            ExitCode.DAEMON_TEXT,
            ExitCode.LIMIT_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse export --format cyclonedx -o m2.cdx.json m2.pkh",
            "  packhouse export --format spdx -o - m2.pkh npm.pkh | gzip > both.spdx.json.gz",
            "  packhouse export --format parquet -o tables m2.pkh");
    syntax.option(
        "--format",
        "FORMAT",
        Format.class,
        "cyclonedx (1.6, JSON), spdx (2.3, JSON), spdx3 (3.0.1, JSON-LD), or parquet",
        value -> format = value);
    tables.describe(
        syntax,
        "The file to write, - is standard output; for parquet a folder, with a file a table");
    syntax.flag(
        "--files",
        "Also the files that are no packages, each by its digests",
        value -> files = value);
    tables.describeMemory(syntax, "For parquet, most");
    syntax.option(
        "--time",
        "TIME",
        String.class,
        "When the document says it was made, as 2026-01-31T00:00:00Z, or now [when the latest"
            + " of its packages was modified]",
        value -> time = value);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    List<Path> paths = tables.archives("export --format FORMAT -o OUT ARCHIVE...");
    if (format == null) {
      throw Failure.usage("name a --format: cyclonedx, spdx, spdx3 or parquet");
    }
    ExportOutput out = tables.output(session());
    if (out == null) {
      throw Failure.usage("name the file to write with -o; - is standard output");
    }
    ExportRun run = new ExportRun(session(), out);
    ExportRun.Report report;
    if (format == Format.PARQUET) {
      if (remote.isRemote(streams())) {
        throw Failure.usage(
            "--format parquet reads archives that are here; a daemon gives tables by Flight SQL");
      }
      if (files || time != null || out.isStandardOutput()) {
        throw Failure.usage("--format parquet has all files, no time, and a folder for -o");
      }
      report = run.tables(paths, tables.memory());
    } else {
      Bill.Format bill = Bill.Format.valueOf(format.name());
      Instant made = made();
      if (remote.isRemote(streams())) {
        out.check(List.of());
        report =
            Remote.with(
                remote,
                session(),
                client -> run.bill(bill, paths, path -> open(client, path), files, made));
      } else {
        out.check(paths);
        report = run.bill(bill, paths, Archives::open, files, made);
      }
    }
    if (common.json || !common.quiet) {
      // A pipe that takes the document has no room for words.
      OutputStream told = out.isStandardOutput() ? streams().err() : streams().out();
      if (common.json) {
        report.writeJson(told);
      } else {
        report.writeText(told);
      }
    }
    return ExitCode.OK;
  }

  /** Reads of an archive of a daemon what is wanted: its index. */
  private static ArchiveReader open(PackhouseClient client, Path archive) throws IOException {
    try {
      RemoteSource source = RemoteSource.of(client, archive.toString());
      return ArchiveReader.open(source, archive, ReaderOptions.DEFAULT);
    } catch (InterruptedException e) {
      InterruptedIOException interrupted = new InterruptedIOException(e.getMessage());
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private @Nullable Instant made() throws Failure {
    if (time == null) {
      return null;
    }
    try {
      Instant made = time.equals("now") ? Instant.now() : Instant.parse(time);
      if (!made.isBefore(Instant.EPOCH) && !made.isAfter(LATEST)) {
        return made.truncatedTo(ChronoUnit.SECONDS);
      }
    } catch (DateTimeParseException e) {
      throw new Failure(ExitCode.USAGE, wrongTime(time), e);
    }
    throw Failure.usage(wrongTime(time));
  }

  private static String wrongTime(String time) {
    return "--time takes now, or a time of 1970 to 9999 such as 2026-01-31T00:00:00Z, not \""
        + time
        + '"';
  }
}
