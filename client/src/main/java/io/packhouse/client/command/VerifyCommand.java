package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.client.output.Style;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.Damage;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.read.verify.VerifyProgress;
import io.packhouse.engine.read.verify.VerifyReport;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Checks that an archive is what its id says. */
final class VerifyCommand extends Subcommand {
  private Path archive = Path.of("");
  private List<String> paths = new ArrayList<>();
  private @Nullable Double sample;
  private @Nullable Long seed;
  private @Nullable Integer workers;
  private boolean digests;
  private boolean withoutBases;
  private final BaseOptions bases = new BaseOptions();
  private final RemoteOptions remote = new RemoteOptions();

  VerifyCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Check that an archive is whole and unchanged: every byte of it, every digest, every"
                + " entry.",
            "Names all that is damaged, and goes on. An id that you know from elsewhere proves that"
                + " it is the archive that you mean: compare it with that of packhouse info.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse verify m2.pkh",
            "  packhouse verify --sample 5 nightly.pkh    (all of the index, the contents of 5%% of"
                + " files)",
            "  packhouse verify m2.pkh org/slf4j/slf4j-api/2.0.17/slf4j-api-2.0.17.jar")
        .operand("ARCHIVE", Path.class, "The archive", value -> archive = value)
        .operands("PATH", false, "Check only these entries [everything]", value -> paths = value)
        .option(
            "--sample",
            "PERCENT",
            Double.class,
            "Read the contents of so many of 100 files, picked at random [100]",
            value -> sample = value)
        .option(
            "--seed",
            "NUMBER",
            Long.class,
            "Pick the same sample again [the time]",
            value -> seed = value)
        .flag(
            "--digests",
            "Compute the sha1, sha256 and sha512 of each file again where the archive records them,"
                + " too: its BLAKE3 proves the contents, not these",
            value -> digests = value)
        .option(
            "-j --workers",
            "COUNT",
            Integer.class,
            "Threads that read and hash, 1 to 1024 [one a processor]",
            value -> workers = value)
        .flag(
            "--without-bases",
            "Check a delta by itself, and not the contents that are in its bases. Otherwise a base"
                + " that is not found is a failure (exit code 3)",
            value -> withoutBases = value);
    bases.describe(syntax);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    VerifyOptions options =
        VerifyOptions.all(checkWorkers(workers)).withDigests(digests).withoutBases(withoutBases);
    boolean away = remote.isRemote(streams());
    if (away) {
      RemoteOptions.refuse(workers, "--workers");
      RemoteOptions.refuse(withoutBases ? withoutBases : null, "--without-bases");
      bases.refuseRemote();
    }
    long usedSeed = seed == null ? System.nanoTime() : seed;
    if (sample != null) {
      if (!(sample > 0 && sample <= 100)) {
        throw Failure.usage("--sample must be more than 0 and at most 100 percent, is " + sample);
      }
      if (!paths.isEmpty()) {
        throw Failure.usage("use either --sample or paths");
      }
      options = options.withSample(sample / 100, usedSeed);
    } else if (seed != null) {
      throw Failure.usage("--seed goes with --sample");
    }
    Outcome outcome = away ? verifyThere(usedSeed) : verifyHere(options);
    if (common.json) {
      try (Json json = newJson()) {
        writeJson(json, outcome, usedSeed);
      }
    } else {
      try (Writer out = newText()) {
        write(out, outcome, usedSeed);
      }
    }
    return exitCode(outcome.report());
  }

  /**
   * What came of it.
   *
   * @param id of the archive
   */
  record Outcome(String id, VerifyReport report, long nanos) {}

  private Outcome verifyHere(VerifyOptions options) throws IOException {
    long start = System.nanoTime();
    try (ArchiveReader reader = Archives.open(archive, bases)) {
      if (digests && reader.digests().isEmpty()) {
        throw new Failure(
            ExitCode.INPUT, archive + ": records no digests but BLAKE3; leave out --digests");
      }
      ArchiveView view = new LocalArchive(reader);
      List<byte[]> only = new ArrayList<>();
      for (String path : paths) {
        only.add(Archives.find(view, path).pathBytes());
      }
      VerifyReport report = verify(reader, options.withOnly(only));
      return new Outcome(reader.id(), report, System.nanoTime() - start);
    }
  }

  private Outcome verifyThere(long usedSeed) throws IOException, InterruptedException {
    double fraction = sample == null ? 1 : sample / 100;
    try (ProgressLine line = newProgress()) {
      return RemoteWork.verify(
          remote, session(), line, archive, paths, fraction, usedSeed, digests);
    }
  }

  private static int exitCode(VerifyReport report) {
    if (report.isIntact()) {
      return ExitCode.OK;
    }
    if (isOnly(report, Damage.Kind.BASE)) {
      return ExitCode.INPUT;
    }
    return isOnly(report, Damage.Kind.UNSUPPORTED) ? ExitCode.NOT_AN_ARCHIVE : ExitCode.DAMAGED;
  }

  private static boolean isOnly(VerifyReport report, Damage.Kind kind) {
    return report.damageCount() == report.damages().size()
        && report.damages().stream().allMatch(damage -> damage.kind() == kind);
  }

  private VerifyReport verify(ArchiveReader reader, VerifyOptions options) throws IOException {
    try (ProgressLine line = newProgress()) {
      if (!line.isShown()) {
        return new ArchiveVerifier(reader).verify(options);
      }
      long total =
          options.sampleFraction() < 1 || !options.only().isEmpty() ? -1 : reader.summary().bytes();
      AtomicLong files = new AtomicLong();
      AtomicLong bytes = new AtomicLong();
      VerifyProgress progress =
          new VerifyProgress() {
            @Override
            public void fileChecked(Entry file) {
              line.update(
                  "verifying", files.incrementAndGet(), bytes.addAndGet(file.size()), total);
            }
          };
      return new ArchiveVerifier(reader).verify(options.withProgress(progress));
    }
  }

  private void write(Writer out, Outcome outcome, long used) throws IOException {
    VerifyReport report = outcome.report();
    Style style = style();
    for (Damage damage : report.damages()) {
      out.write(
          switch (damage.kind()) {
            case UNSUPPORTED -> style.yellow("unsupported");
            case BASE -> style.yellow("missing");
            case ARCHIVE, BATCH, BLOB, ENTRY -> style.red("damaged");
          });
      out.write("  " + Failures.oneLine(damage.subject()));
      out.write(": " + Failures.oneLine(damage.problem()) + "\n");
    }
    if (report.damageCount() > report.damages().size()) {
      out.write("and " + Numbers.count(report.damageCount() - report.damages().size()) + " more\n");
    }
    if (common.quiet) {
      return;
    }
    out.write(Failures.oneLine(archive.toString()) + ": ");
    out.write(
        report.isIntact()
            ? style.green("intact")
            : style.red(Numbers.count(report.damageCount(), "problem")));
    out.write(
        ", checked "
            + Numbers.count(report.rows(), "row")
            + ", "
            + Numbers.count(report.files(), "file")
            + " ("
            + Numbers.bytes(report.bytes())
            + "), "
            + Numbers.count(report.blobs(), "blob")
            + " in "
            + Numbers.seconds(outcome.nanos())
            + " s"
            + (sample == null ? "" : ", a sample of " + percent(sample) + " %, seed " + used)
            + (report.uncheckedFiles() == 0
                ? ""
                : "\n  not checked "
                    + Numbers.count(report.uncheckedFiles(), "file")
                    + " ("
                    + Numbers.bytes(report.uncheckedBytes())
                    + "), whose contents are in bases")
            + "\n  id          "
            + outcome.id()
            + "\n");
  }

  private static String percent(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private void writeJson(Json json, Outcome outcome, long used) throws IOException {
    VerifyReport report = outcome.report();
    json.begin()
        .text("archive", archive.toString())
        .text("id", outcome.id())
        .flag("intact", report.isIntact())
        .number("rows", report.rows())
        .number("files", report.files())
        .number("bytes", report.bytes())
        .number("blobs", report.blobs())
        .number("unchecked_files", report.uncheckedFiles())
        .number("unchecked_bytes", report.uncheckedBytes())
        .flag("sampled", report.sampled());
    if (sample != null) {
      json.ratio("sample_percent", sample).number("seed", used);
    }
    json.seconds("seconds", outcome.nanos())
        .number("damage_count", report.damageCount())
        .beginArray("damages");
    for (Damage damage : report.damages()) {
      json.begin()
          .text("kind", damage.kind().name().toLowerCase(Locale.ROOT))
          .text("subject", damage.subject())
          .numberIfRecorded("offset", damage.offset())
          .text("problem", damage.problem())
          .end();
    }
    json.endArray().end();
  }
}
