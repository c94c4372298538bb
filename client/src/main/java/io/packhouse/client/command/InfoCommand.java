package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.Style;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.digest.Digests;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ArchiveSummary;
import io.packhouse.engine.read.chain.ChainReport;
import io.packhouse.engine.read.chain.ChainSurvey;
import io.packhouse.engine.read.sharing.SharingReport;
import io.packhouse.engine.read.sharing.SharingSurvey;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what an archive is and holds, by its own account. */
final class InfoCommand extends Subcommand {
  private @Nullable Path archive;
  private boolean system;
  private boolean sharing;
  private final BaseOptions bases = new BaseOptions();
  private final RemoteOptions remote = new RemoteOptions();

  InfoCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description("Tell what an archive is and holds. Reads its index only.")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse info m2.pkh",
            "  packhouse info --json m2.pkh | jq -r .id",
            "  packhouse info --sharing m2.pkh",
            "  packhouse info --system")
        .optionalOperand("ARCHIVE", Path.class, "The archive", value -> archive = value)
        .flag(
            "--sharing",
            "Tell what files share: how much, and which ones take most from others and give most to"
                + " others. Reads all rows",
            value -> sharing = value)
        .flag(
            "--system",
            "Tell which BLAKE3, other digests, file access, Java and how many processors are used",
            value -> system = value);
    bases.describe(syntax);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    Path path = archive;
    if (path == null && !system) {
      throw Failure.usage("info needs an archive, or --system; see packhouse info --help");
    }
    if (sharing && (path == null || remote.isRemote(streams()))) {
      throw Failure.usage("info --sharing needs an archive here; see packhouse info --help");
    }
    if (path != null && sharing) {
      try (ArchiveReader reader = Archives.open(path, bases)) {
        SharingReport shared = new SharingSurvey(reader, SharingReports.NAMED).run();
        show(path, ArchiveFacts.of(reader.summary()), chain(reader), new SharingReports(shared));
      }
    } else if (path != null && remote.isRemote(streams())) {
      bases.refuseRemote();
      show(path, RemoteWork.describe(remote, session(), path.toString()));
    } else if (path != null) {
      try (ArchiveReader reader = Archives.open(path, bases)) {
        show(path, ArchiveFacts.of(reader.summary()), chain(reader), null);
      }
    } else if (common.json) {
      try (Json json = newJson()) {
        json.begin();
        writeSystem(json);
        json.end();
      }
    }
    if (system && !common.json) {
      try (Writer out = newText()) {
        for (Map.Entry<String, String> fact : systemFacts().entrySet()) {
          line(out, fact.getKey(), fact.getValue());
        }
      }
    }
    return ExitCode.OK;
  }

  /** Shows what an archive says of itself. */
  void show(Path path, ArchiveFacts facts) throws IOException {
    show(path, facts, new ChainReports(new ChainReport(List.of(), 0)), null);
  }

  private static ChainReports chain(ArchiveReader reader) throws IOException {
    return new ChainReports(ChainSurvey.run(reader));
  }

  private void show(
      Path path, ArchiveFacts facts, ChainReports chain, @Nullable SharingReports shared)
      throws IOException {
    if (common.json) {
      try (Json json = newJson()) {
        writeJson(json.begin(), path, facts);
        chain.writeJson(json);
        if (shared != null) {
          shared.writeJson(json);
        }
        writeSystem(json);
        json.end();
      }
    } else {
      try (Writer out = newText()) {
        write(out, path, facts);
        chain.write(out);
        if (shared != null) {
          shared.write(out);
        }
      }
    }
  }

  private static Map<String, String> systemFacts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("version", Version.text());
    facts.put("blake3", Blake3.system().name());
    facts.put("digests", Digests.system().name());
    facts.put("file_access", SystemFileAccess.instance().describe());
    facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    return facts;
  }

  private void writeSystem(Json json) throws IOException {
    if (system) {
      json.begin("system");
      for (Map.Entry<String, String> fact : systemFacts().entrySet()) {
        json.text(fact.getKey(), fact.getValue());
      }
      json.end();
    }
  }

  private void write(Writer out, Path path, ArchiveFacts facts) throws IOException {
    ArchiveSummary summary = facts.summary();
    Style style = style();
    out.write(style.bold(Failures.oneLine(path.toString())));
    out.write(": Packhouse archive, format " + summary.formatVersion() + "\n");
    line(out, "id", summary.id());
    line(
        out,
        "size",
        Numbers.bytes(summary.length()) + " (" + Numbers.count(summary.length()) + ")");
    line(
        out,
        "contents",
        Numbers.bytes(summary.bytes())
            + ", ratio "
            + (summary.length() == 0
                ? "0"
                : Numbers.decimal((double) summary.bytes() / summary.length(), 2)));
    line(
        out,
        "entries",
        Numbers.count(summary.files(), "file")
            + ", "
            + Numbers.count(summary.directories(), "directory")
            + ", "
            + Numbers.count(summary.symlinks(), "symbolic link")
            + ", "
            + Numbers.count(summary.hardlinks(), "hard link")
            + ", "
            + Numbers.count(summary.specials(), "special file")
            + (summary.nested() > 0
                ? ", " + Numbers.count(summary.nested(), "nested package")
                : ""));
    if (summary.failed() > 0) {
      line(
          out,
          "missing",
          style.red(Numbers.count(summary.failed(), "entry") + " without contents: see ls -l"));
    }
    line(
        out,
        "blobs",
        Numbers.count(summary.blobs())
            + ": "
            + Numbers.count(summary.rawBlobs())
            + " raw ("
            + Numbers.bytes(summary.rawStoredBytes())
            + "), "
            + Numbers.count(summary.zstdBlobs())
            + " zstd ("
            + Numbers.bytes(
                summary.decodedBytes() - summary.rawStoredBytes() < 0
                    ? 0
                    : summary.decodedBytes() - summary.rawStoredBytes())
            + " in "
            + Numbers.bytes(summary.zstdStoredBytes())
            + ")");
    line(
        out,
        "index",
        Numbers.bytes(summary.indexBytes())
            + " in "
            + Numbers.count(facts.batches())
            + (facts.batches() == 1 ? " batch" : " batches"));
    for (Map.Entry<ArchiveFacts.Group, ArchiveFacts.Size> group : facts.groups().entrySet()) {
      line(out, "group", describe(group.getKey()) + Numbers.count(group.getValue().rows(), "row"));
    }
    StringBuilder options = new StringBuilder();
    summary
        .options()
        .forEach((name, value) -> options.append(name).append('=').append(value).append(' '));
    line(out, "options", Failures.oneLine(options.toString().strip()));
    line(out, "producer", Failures.oneLine(summary.producer()));
  }

  private static String describe(ArchiveFacts.Group group) {
    return (group.type() == null ? "no packages" : Failures.oneLine(group.type()))
        + (group.nested() ? ", nested" : "")
        + (group.repository() == null ? "" : ", repository " + Failures.oneLine(group.repository()))
        + ": ";
  }

  private static void line(Writer out, String name, String value) throws IOException {
    out.write("  ");
    out.write(name);
    out.write(" ".repeat(Math.max(1, 13 - name.length())));
    out.write(value);
    out.write('\n');
  }

  private void writeJson(Json json, Path path, ArchiveFacts facts) throws IOException {
    ArchiveSummary summary = facts.summary();
    json.text("archive", path.toString())
        .text("id", summary.id())
        .text("format_version", summary.formatVersion())
        .text("producer", summary.producer())
        .number("archive_bytes", summary.length())
        .number("bytes", summary.bytes())
        .ratio("ratio", summary.length() == 0 ? 0 : (double) summary.bytes() / summary.length())
        .number("rows", summary.rows())
        .number("files", summary.files())
        .number("directories", summary.directories())
        .number("symlinks", summary.symlinks())
        .number("hardlinks", summary.hardlinks())
        .number("specials", summary.specials())
        .number("nested", summary.nested())
        .number("failed", summary.failed())
        .number("blobs", summary.blobs())
        .number("raw_blobs", summary.rawBlobs())
        .number("zstd_blobs", summary.zstdBlobs())
        .number("stored_bytes", summary.storedBytes())
        .number("raw_stored_bytes", summary.rawStoredBytes())
        .number("zstd_stored_bytes", summary.zstdStoredBytes())
        .number("decoded_bytes", summary.decodedBytes())
        .number("index_bytes", summary.indexBytes())
        .number("batches", facts.batches())
        .value("options", summary.options())
        .beginArray("groups");
    for (Map.Entry<ArchiveFacts.Group, ArchiveFacts.Size> group : facts.groups().entrySet()) {
      json.begin()
          .text("package_type", group.getKey().type())
          .text("repository", group.getKey().repository())
          .flag("nested", group.getKey().nested())
          .number("rows", group.getValue().rows())
          .number("batches", group.getValue().batches())
          .end();
    }
    json.endArray();
  }
}
