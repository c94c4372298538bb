package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Style;
import io.packhouse.engine.read.ContentDigest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists entries, as they come: nothing is held but a batch. */
final class LsCommand extends Subcommand {
  private Path archive = Path.of("");
  private List<String> globs = new ArrayList<>();
  private boolean longFormat;
  private boolean tree;
  private boolean nul;
  private @Nullable String type;
  private @Nullable String repository;
  private boolean nested;
  private boolean packages;
  private @Nullable String purl;
  private @Nullable String license;
  private @Nullable String digest;
  private @Nullable ContentDigest wanted;
  private final RemoteOptions remote = new RemoteOptions();

  LsCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description("List an archive's entries, in the order of their paths.")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT)
        .footer(
            "%nPaths are shown so that they are safe on a terminal and mean one name only: a"
                + " backslash",
            "as \\\\, a newline as \\n"
                + ", other hidden characters and bytes that are not UTF-8 as \\xHH.",
            "Every command takes them in that form.",
            "%nExamples:",
            "  packhouse ls -l m2.pkh org/slf4j",
            "  packhouse ls m2.pkh '*.jar' | wc -l",
            "  packhouse ls --purl 'pkg:maven/*/log4j-core@2.1?.*' m2.pkh",
            "  packhouse ls --packages --license 'GPL-*' m2.pkh",
            "  packhouse ls --json --type maven m2.pkh | jq -r .purl | sort -u",
            "  packhouse ls --digest $(sha256sum < x.jar | cut -c-64) m2.pkh",
            "  packhouse ls -0 m2.pkh '*.pom' | xargs -0 -n1 echo")
        .operand("ARCHIVE", Path.class, "The archive", value -> archive = value)
        .operands(
            "GLOB",
            false,
            "Paths or globs; directories stand for all below them. A glob without / matches names"
                + " at any depth, one with / whole paths, ** any number of directories"
                + " [everything]",
            value -> globs = value)
        .flag(
            "-l --long",
            "Modes, owners, sizes in bytes, local times, and where links lead",
            value -> longFormat = value)
        .flag(
            "--tree",
            "Names only, indented, directories before what they hold",
            value -> tree = value)
        .flag(
            "-0 --null",
            "Paths as their raw bytes, each ended by a NUL, for xargs -0",
            value -> nul = value)
        .option(
            "--type",
            "TYPE",
            String.class,
            "Only packages of this type, such as maven",
            value -> type = value)
        .option(
            "--repository",
            "NAME",
            String.class,
            "Only entries of this repository",
            value -> repository = value)
        .flag("--nested", "Packages found inside files, too", value -> nested = value)
        .flag(
            "--packages",
            "Only packages, those found inside files too: purl, license and path, separated by"
                + " tabs",
            value -> packages = value)
        .option(
            "--purl",
            "GLOB",
            String.class,
            "As --packages, only those whose purl matches; * is any run of characters",
            value -> purl = value)
        .option(
            "--license",
            "GLOB",
            String.class,
            "As --packages, only those with such an SPDX identifier in their license, or none for"
                + " those without one",
            value -> license = value)
        .option(
            "--digest",
            "HEX",
            String.class,
            "Only files with this BLAKE3, or SHA-1, SHA-256 or SHA-512 where pack --digests"
                + " recorded them: the length tells which",
            value -> digest = value);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException {
    packages |= purl != null || license != null;
    if ((longFormat ? 1 : 0) + (tree ? 1 : 0) + (nul ? 1 : 0) + (common.json ? 1 : 0) > 1) {
      throw Failure.usage("use one of --long, --tree, --null and --json");
    }
    if (packages && tree) {
      throw Failure.usage("use one of --tree and --packages, --purl, --license");
    }
    wanted = digest == null ? null : contentDigest(digest);
    try (ArchiveView reader = Archives.open(session(), remote, archive, common.json)) {
      PathSelection selection = PathSelection.of(reader, globs);
      EntryView.Cursor entries = reader.entries(listing(selection));
      if (common.json) {
        try (Json json = newJson()) {
          list(entries, selection, entry -> EntryJson.write(json, entry));
        }
      } else if (nul) {
        try (OutputStream out = new BufferedOutputStream(streams().out(), 1 << 16)) {
          list(entries, selection, entry -> writeRaw(out, entry));
        }
      } else {
        try (Writer out = newText()) {
          list(tree ? new TreeOrder(entries) : entries, selection, lines(out));
        }
      }
      selection.requireAllUsed();
    }
    return ExitCode.OK;
  }

  private ArchiveView.Listing listing(PathSelection selection) {
    return new ArchiveView.Listing(
        selection.prefix(), type, repository, nested || packages, wanted);
  }

  private interface Line {
    void write(EntryView entry) throws IOException;
  }

  private static ContentDigest contentDigest(String hex) throws Failure {
    try {
      return ContentDigest.of(HexFormat.of().parseHex(hex));
    } catch (NumberFormatException e) {
      throw new Failure(
          ExitCode.USAGE, "--digest must be hexadecimal digits, is \"" + hex + "\"", e);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "--digest must have 64 hexadecimal digits (BLAKE3, SHA-256), 40 (SHA-1) or 128 (SHA-512),"
              + " has "
              + hex.length(),
          e);
    }
  }

  private void list(EntryView.Cursor entries, PathSelection selection, Line line)
      throws IOException {
    PackageFilter filter = packages ? new PackageFilter(purl, license) : null;
    for (EntryView entry = entries.next(); entry != null; entry = entries.next()) {
      if (selection.admits(entry) && (filter == null || filter.admits(entry))) {
        line.write(entry);
      }
    }
  }

  private static void writeRaw(OutputStream out, EntryView entry) throws IOException {
    byte[] path = entry.pathBytes();
    if (path.length == 0) {
      out.write('.');
    }
    out.write(path);
    out.write(0);
  }

  private Line lines(Writer out) {
    Style style = style();
    if (tree) {
      TreeFormat format = new TreeFormat();
      return entry -> {
        out.append(format.indent(entry));
        out.write(coloured(style, entry, format.name(entry)));
        out.write(LongFormat.suffix(entry));
        out.write('\n');
      };
    }
    if (longFormat) {
      LongFormat format = new LongFormat(ZoneId.systemDefault());
      return entry -> {
        out.append(format.prefix(entry));
        out.write(coloured(style, entry, Archives.display(entry.pathBytes())));
        out.write(LongFormat.suffix(entry));
        out.write('\n');
      };
    }
    if (packages) {
      return entry -> {
        out.write(PackageFilter.line(entry));
        out.write('\n');
      };
    }
    return entry -> {
      out.write(coloured(style, entry, Archives.display(entry.pathBytes())));
      out.write('\n');
    };
  }

  private static String coloured(Style style, EntryView entry, String text) {
    if (style == Style.PLAIN) {
      return text;
    }
    if (!entry.isOk()) {
      return style.red(text);
    }
    return switch (entry.typeLabel()) {
      case "directory" -> style.blue(text);
      case "symlink", "hardlink" -> style.cyan(text);
      case "fifo", "char_device", "block_device" -> style.yellow(text);
      default -> text;
    };
  }
}
