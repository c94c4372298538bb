package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.sbom.Bill;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.sql.SqlEngine;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.SqlOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.jspecify.annotations.Nullable;

/** An export, from the archives to the last byte. */
record ExportRun(Session session, ExportOutput output) {
  /** The tables that are no views of others. */
  private static final String TABLES =
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND"
          + " (table_name IN ('archives', 'entries', 'packages', 'dependencies', 'extents',"
          + " 'blobs') OR table_name LIKE '%\\_packages' ESCAPE '\\') ORDER BY ALL";

  private static final SqlLimits LIMITS =
      new SqlLimits(Duration.ofDays(1), Long.MAX_VALUE, Long.MAX_VALUE);

  /** What may be a file's name on any system; a type of packages is what an archive says. */
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}");

  /**
   * What came of it.
   *
   * @param counts of a bill; null for tables
   * @param tables of an export of such
   * @param bytes of the output
   */
  record Report(
      String output,
      String format,
      Bill.@Nullable Counts counts,
      int tables,
      long bytes,
      long nanos) {
    void writeText(OutputStream out) throws IOException {
      StringBuilder text = new StringBuilder(200);
      text.append(output.equals("-") ? "standard output" : Failures.oneLine(output))
          .append(": ")
          .append(Numbers.bytes(bytes))
          .append(", ");
      if (counts == null) {
        text.append(Numbers.count(tables, "table"));
      } else {
        text.append(Numbers.count(counts.packages(), "package"));
        if (counts.files() > 0) {
          text.append(", ").append(Numbers.count(counts.files(), "further file"));
        }
        text.append(", ")
            .append(Numbers.count(counts.metInAll()))
            .append(" of ")
            .append(Numbers.count(counts.dependencies(), "dependency"))
            .append(" in it");
      }
      text.append(", in ").append(Numbers.seconds(nanos)).append(" s\n");
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    void writeJson(OutputStream out) throws IOException {
      try (Json json = new Json(out)) {
        json.begin().text("output", output).text("format", format).number("bytes", bytes);
        if (counts == null) {
          json.number("tables", tables);
        } else {
          json.number("packages", counts.packages())
              .number("files", counts.files())
              .number("dependencies", counts.dependencies())
              .number("dependencies_met", counts.met())
              .number("dependencies_met_by_range", counts.metByRange())
              .number("dependencies_met_by_name", counts.metByName());
        }
        json.seconds("seconds", nanos).end();
      }
    }
  }

  /** Opens an archive for a bill. */
  interface Opener {
    ArchiveReader open(Path archive) throws IOException;
  }

  /** Writes a bill of the packages of archives. */
  Report bill(
      Bill.Format format, List<Path> archives, Opener opener, boolean files, @Nullable Instant made)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    AtomicBoolean cancelled = new AtomicBoolean();
    session.onInterrupt(() -> cancelled.set(true));
    List<Bill.Archive> known = new ArrayList<>();
    try {
      for (Path archive : archives) {
        String name = QueryRun.name(archive);
        known.add(Bill.Archive.of(name, known.size(), () -> opener.open(archive)));
      }
      Bill bill = new Bill(format, List.copyOf(known), files, made, Version.text());
      Bill.Counts[] counts = new Bill.Counts[1];
      long bytes = output.write(out -> counts[0] = bill.write(out, cancelled::get));
      String name = format.name().toLowerCase(Locale.ROOT);
      return new Report(output.name(), name, counts[0], 0, bytes, System.nanoTime() - start);
    } catch (InterruptedIOException e) {
      InterruptedException interrupted = new InterruptedException(e.getMessage());
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /** Writes the tables of archives, each to a file of its own in the folder. */
  Report tables(List<Path> archives, long memoryBytes) throws IOException {
    long start = System.nanoTime();
    Path folder = Path.of(output.name());
    int[] tables = {0};
    long[] bytes = {0};
    QueryRun.run(
        session,
        SqlOptions.DEFAULT.withMemoryBytes(memoryBytes),
        archives,
        engine -> {
          Map<String, ExportOutput> files = new LinkedHashMap<>();
          for (String table : names(engine)) {
            if (!FILE_NAME.matcher(table).matches()) {
              throw new Failure(ExitCode.INPUT, "no file can be called as the table " + table);
            }
            Path file = folder.resolve(table + ".parquet");
            ExportOutput one = new ExportOutput(session, file.toString(), output.force());
            one.check(archives);
            files.put(table, one);
          }
          makeFolder(folder);
          for (Map.Entry<String, ExportOutput> file : files.entrySet()) {
            String select = "SELECT * FROM \"" + file.getKey() + '"';
            bytes[0] += file.getValue().copy(engine.writeParquet(select, LIMITS));
            tables[0]++;
          }
        });
    return new Report(
        output.name(), "parquet", null, tables[0], bytes[0], System.nanoTime() - start);
  }

  private static void makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new Failure(ExitCode.OUTPUT, folder + " is no directory; name one for the tables", e);
    } catch (FileSystemException e) {
      throw new Failure(ExitCode.OUTPUT, folder + ": cannot make it: " + e.getReason(), e);
    }
  }

  private static List<String> names(SqlEngine engine) throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream result = engine.query(TABLES, LIMITS);
        BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(result, allocator)) {
      VectorSchemaRoot rows = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        for (int row = 0; row < rows.getRowCount(); row++) {
          names.add(rows.getVector(0).getObject(row).toString());
        }
      }
    }
    return names;
  }
}
