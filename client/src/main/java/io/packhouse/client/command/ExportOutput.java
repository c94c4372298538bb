package io.packhouse.client.command;

import io.packhouse.engine.pack.OutputFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a document goes: a file that appears when it is whole and durable, or standard output.
 *
 * @param name of the file, or {@code -}
 */
record ExportOutput(Session session, String name, boolean force) {
  /** Writes a document. */
  interface Document {
    void write(OutputStream out) throws IOException;
  }

  private interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  /** Counts what passes. */
  private static final class Counting extends OutputStream {
    private final Sink sink;
    private long bytes;

    Counting(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      ByteBuffer rest = ByteBuffer.wrap(buffer, offset, length);
      while (rest.hasRemaining()) {
        sink.write(rest);
      }
      bytes += length;
    }
  }

  boolean isStandardOutput() {
    return name.equals("-");
  }

  /** Refuses, before any work, a terminal, what is there, and what is to be read. */
  void check(List<Path> inputs) throws IOException {
    if (isStandardOutput()) {
      if (session.streams().outIsTerminal()) {
        throw new Failure(ExitCode.OUTPUT, "standard output is a terminal; name a file or a pipe");
      }
      return;
    }
    Path file = Path.of(name);
    if (!force && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new Failure(ExitCode.OUTPUT, file + " exists; use --force to replace it");
    }
    for (Path input : inputs) {
      if (Files.exists(file) && Files.exists(input) && Files.isSameFile(file, input)) {
        throw new Failure(ExitCode.OUTPUT, file + " is an archive to read; name another file");
      }
    }
  }

  /**
   * Writes the document.
   *
   * @return its length in bytes
   */
  long write(Document document) throws IOException {
    if (isStandardOutput()) {
      Counting out = new Counting(session.streams().out()::write);
      document.write(out);
      return out.bytes;
    }
    try (OutputFile file = OutputFile.create(Path.of(name), force)) {
      Counting out = new Counting(file::write);
      document.write(out);
      file.commit();
      return out.bytes;
    }
  }

  /** Likewise of a file, which stays. */
  long copy(Path source) throws IOException {
    return write(out -> Files.copy(source, out));
  }
}
