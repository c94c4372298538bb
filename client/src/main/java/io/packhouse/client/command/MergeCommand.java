package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.BaseList;
import io.packhouse.engine.merge.MergeReport;
import io.packhouse.engine.merge.Merger;
import io.packhouse.engine.pack.OutputFile;
import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes a whole archive of a delta and its bases. */
final class MergeCommand extends Subcommand {
  private List<String> operands = new ArrayList<>();
  private boolean force;
  private final BaseOptions bases = new BaseOptions();

  MergeCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .synopsis("packhouse merge [OPTIONS] [BASE DELTA...] DELTA OUT")
        .description(
            "Make a whole archive of a delta: one with the entries of the last DELTA, that needs no"
                + " other archive. What is stored is copied as it is, nothing is compressed again;"
                + " what no file needs any more is left out.",
            "",
            "Archives come oldest first. Bases that are not named are looked for beside the last"
                + " DELTA. OUT appears when it is whole and safely on disk.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.OUTPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT,
            ExitCode.INTERRUPTED_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse merge january.pkh february.pkh march.pkh whole.pkh",
            "  packhouse merge march.pkh whole.pkh    (its bases are beside it)",
            "  packhouse merge --base /mnt/carried march.pkh whole.pkh")
        .operands(
            "[BASE DELTA...] DELTA OUT",
            true,
            "The archives, oldest first, and the file to write",
            value -> operands = value)
        .flag("-f --force", "Replace an existing OUT", value -> force = value);
    bases.describe(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    if (operands.size() < 2) {
      throw Failure.usage(
          "merge needs a delta and a file to write, as in: packhouse merge base.pkh delta.pkh"
              + " whole.pkh");
    }
    List<Path> archives = operands.subList(0, operands.size() - 1).stream().map(Path::of).toList();
    Path out = Path.of(operands.getLast());
    List<Path> named = archives.subList(0, archives.size() - 1);
    List<Path> places = new ArrayList<>(named);
    places.addAll(bases.places());
    MergeReport report;
    try (ArchiveReader reader = Archives.open(archives.getLast(), places)) {
      checkOrder(reader, named);
      report = merge(reader, out);
    }
    if (common.json) {
      try (Json json = newJson()) {
        writeJson(json, out, report);
      }
    } else if (!common.quiet) {
      try (Writer text = newText()) {
        write(text, out, report);
      }
    }
    return ExitCode.OK;
  }

  /** Archives that are named must be of the chain, the oldest first. */
  private static void checkOrder(ArchiveReader delta, List<Path> named) throws IOException {
    BaseList list = delta.bases();
    if (list.isEmpty()) {
      throw Failure.usage(
          delta.path()
              + " is no delta: it needs no other archive"
              + (named.isEmpty() ? "" : "; name the archives oldest first, the newest delta last"));
    }
    int before = list.size();
    for (Path path : named) {
      String id;
      try (ArchiveReader base = Archives.open(path)) {
        id = base.id();
      }
      int position = list.bases().stream().map(BaseId::id).toList().indexOf(id);
      if (position < 0 || position >= before) {
        throw Failure.usage(
            path
                + " has the id "
                + id
                + (position < 0
                    ? ", which is no base of " + delta.path()
                    : ", and comes too late: archives come oldest first")
                + "; expected, from the oldest on: "
                + String.join(", ", list.bases().reversed().stream().map(BaseId::id).toList()));
      }
      before = position;
    }
  }

  private MergeReport merge(ArchiveReader reader, Path out) throws IOException {
    try (ProgressLine line = newProgress();
        OutputFile file = OutputFile.create(out, force)) {
      Merger merger =
          new Merger(
              reader,
              "packhouse " + Version.text(),
              (blobs, bytes, all) -> line.update("merging", blobs, bytes, all));
      session().onInterrupt(merger::cancel);
      return merger.merge(file);
    }
  }

  private static void write(Writer text, Path out, MergeReport report) throws IOException {
    text.write(
        Failures.oneLine(out.toString())
            + ": "
            + Numbers.bytes(report.archiveBytes())
            + " of "
            + Numbers.count(report.archives(), "archive")
            + ", "
            + Numbers.count(report.files(), "file")
            + " ("
            + Numbers.bytes(report.bytes())
            + "), in "
            + Numbers.seconds(report.wallNanos())
            + " s\n  id          "
            + report.id()
            + "\n  blobs       "
            + Numbers.count(report.blobs())
            + " copied ("
            + Numbers.bytes(report.blobBytes())
            + "), "
            + Numbers.count(report.leftBlobs())
            + " left out\n");
  }

  private static void writeJson(Json json, Path out, MergeReport report) throws IOException {
    json.begin()
        .text("archive", out.toString())
        .text("id", report.id())
        .number("archives", report.archives())
        .number("archive_bytes", report.archiveBytes())
        .number("rows", report.rows())
        .number("files", report.files())
        .number("bytes", report.bytes())
        .number("blobs", report.blobs())
        .number("blob_bytes", report.blobBytes())
        .number("left_blobs", report.leftBlobs())
        .seconds("seconds", report.wallNanos())
        .end();
  }
}
