package io.packhouse.client.command;

import io.packhouse.client.output.StandardOutput;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
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
  }

  @Override
  int run() throws IOException {
    if (common.json) {
      throw Failure.usage("cat writes the file as it is; --json is for packhouse ls --json PATH");
    }
    try (ArchiveReader reader = Archives.open(archive)) {
      Entry file = resolve(reader, Archives.find(reader, path));
      if (offset > file.size()) {
        throw Failure.usage(
            "--offset must be at most the file's size, " + file.size() + " bytes, is " + offset);
      }
      long rest = file.size() - offset;
      write(reader, file, offset, length == null ? rest : Math.min(length, rest), streams().out());
    }
    return ExitCode.OK;
  }

  private static void write(
      ArchiveReader reader, Entry file, long offset, long length, StandardOutput out)
      throws IOException {
    if (offset == 0 && length == file.size()) {
      reader.read(file, chunk -> writeAll(out, chunk.asByteBuffer()));
    } else if (length > 0) {
      reader.read(file, offset, length, chunk -> writeAll(out, chunk.asByteBuffer()));
    }
    out.flush();
  }

  private static void writeAll(StandardOutput out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** Follows links inside the archive to a file. */
  private Entry resolve(ArchiveReader reader, Entry found) throws IOException {
    Entry entry = Links.follow(reader, found);
    String name = Archives.display(entry.pathBytes());
    if (entry.type() != EntryType.FILE) {
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
