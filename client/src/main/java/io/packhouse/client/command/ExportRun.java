package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.sbom.Bill;
import io.packhouse.engine.pack.OutputFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An export, from the archives to the last byte.
 *
 * @param output a file, or {@code -}
 */
record ExportRun(Session session, String output, boolean force) {
  /**
   * What came of it.
   *
   * @param bytes of the output
   */
  record Report(String output, Bill.Format format, Bill.Counts counts, long bytes, long nanos) {
    void writeText(OutputStream out) throws IOException {
      StringBuilder text = new StringBuilder(200);
      text.append(output.equals("-") ? "standard output" : Failures.oneLine(output))
          .append(": ")
          .append(Numbers.bytes(bytes))
          .append(", ")
          .append(Numbers.count(counts.packages(), "package"));
      if (counts.files() > 0) {
        text.append(", ").append(Numbers.count(counts.files(), "further file"));
      }
      text.append(", ")
          .append(Numbers.count(counts.met() + counts.metByName()))
          .append(" of ")
          .append(Numbers.count(counts.dependencies(), "dependency"))
          .append(" in it, in ")
          .append(Numbers.seconds(nanos))
          .append(" s\n");
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    void writeJson(OutputStream out) throws IOException {
      try (Json json = new Json(out)) {
        json.begin()
            .text("output", output)
            .text("format", format.name().toLowerCase(Locale.ROOT))
            .number("bytes", bytes)
            .number("packages", counts.packages())
            .number("files", counts.files())
            .number("dependencies", counts.dependencies())
            .number("dependencies_met", counts.met())
            .number("dependencies_met_by_name", counts.metByName())
            .seconds("seconds", nanos)
            .end();
      }
    }
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

  /** Takes bytes, some or all of them. */
  private interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  /** Writes a bill of the packages of archives. */
  Report bill(Bill.Format format, List<Path> archives, boolean files, @Nullable Instant made)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    AtomicBoolean cancelled = new AtomicBoolean();
    session.onInterrupt(() -> cancelled.set(true));
    List<Bill.Archive> opened = new ArrayList<>();
    try {
      for (Path archive : archives) {
        String name = QueryRun.name(archive);
        opened.add(new Bill.Archive(name, opened.size(), Archives.open(archive)));
      }
      Bill bill = new Bill(format, List.copyOf(opened), files, made, Version.text());
      Counting counting;
      Bill.Counts counts;
      if (output.equals("-")) {
        counting = new Counting(session.streams().out()::write);
        counts = bill.write(counting, cancelled::get);
      } else {
        try (OutputFile file = OutputFile.create(Path.of(output), force)) {
          counting = new Counting(file::write);
          counts = bill.write(counting, cancelled::get);
          file.commit();
        }
      }
      return new Report(output, format, counts, counting.bytes, System.nanoTime() - start);
    } catch (InterruptedIOException e) {
      InterruptedException interrupted = new InterruptedException(e.getMessage());
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      for (Bill.Archive archive : opened) {
        archive.reader().close();
      }
    }
  }
}
