package io.packhouse.client.command;

import io.packhouse.client.output.StandardOutput;
import io.packhouse.engine.format.EntryType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes the contents of one file to standard output. */
final class CatCommand extends Subcommand {
  private Path archive = Path.of("");
  private String path = "";
  private long offset;
  private @Nullable Long length;
  private final BaseOptions bases = new BaseOptions();
  private final RemoteOptions remote = new RemoteOptions();

  CatCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description("Write the contents of a file in an archive to standard output.")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse cat m2.pkh org/slf4j/slf4j-api/2.0.17/slf4j-api-2.0.17.pom",
            "  packhouse cat --offset 1M --length 64K images.pkh disk.img | xxd | head",
            "  packhouse cat m2.pkh 'odd\\xff name'    (in the form that ls shows)")
        .operand("ARCHIVE", Path.class, "The archive", value -> archive = value)
        .operand("PATH", String.class, "The file in it; links are followed", value -> path = value)
        .bytes(
            "--offset",
            "Start this far into the file; units as in 64K, 1MiB [0]",
            value -> offset = value)
        .bytes(
            "--length",
            "Write so many bytes, fewer at the end of the file [all]",
            value -> length = value);
    bases.describe(syntax);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException {
    if (common.json) {
      throw Failure.usage("cat writes the file as it is; --json is for packhouse ls --json PATH");
    }
    try (ArchiveView reader = Archives.open(session(), remote, bases, archive, false)) {
      EntryView file = resolve(reader, Archives.find(reader, path));
      if (offset > file.size()) {
        throw Failure.usage(
            "--offset must be at most the file's size, " + file.size() + " bytes, is " + offset);
      }
      long rest = file.size() - offset;
      StandardOutput out = streams().out();
      reader.read(
          file,
          offset,
          length == null ? rest : Math.min(length, rest),
          bytes -> writeAll(out, bytes));
      out.flush();
    }
    return ExitCode.OK;
  }

  private static void writeAll(StandardOutput out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** Follows links inside the archive to a file. */
  private EntryView resolve(ArchiveView reader, EntryView found) throws IOException {
    EntryView entry = Links.follow(reader, found);
    String name = Archives.display(entry.pathBytes());
    if (!entry.is(EntryType.FILE)) {
      throw new Failure(
          ExitCode.INPUT,
          archive
              + ": "
              + name
              + " is a "
              + entry.typeLabel().replace('_', ' ')
              + ", not a file"
              + (entry.is(EntryType.DIRECTORY) ? "; packhouse ls lists it" : ""));
    }
    return entry;
  }
}
