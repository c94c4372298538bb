package io.packhouse.client.sbom;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A bill of the packages of archives. The same archives, options and version of the tool give the
 * same bytes.
 *
 * @param archives in the order in which they are written, one or more
 * @param files whether files that are no packages are in it
 * @param asked when it says that it was made; null for when the latest of its packages was modified
 * @param tool the version of what makes it
 */
public record Bill(
    Format format, List<Archive> archives, boolean files, @Nullable Instant asked, String tool) {
  /** What it is written as. */
  public enum Format {
    CYCLONEDX,
    SPDX,
    SPDX3
  }

  /** Opens an archive, the same each time. */
  @FunctionalInterface
  public interface Opener {
    ArchiveReader open() throws IOException;
  }

  /**
   * An archive of a bill, which is open while it is read only: a thousand that are would take the
   * heap.
   *
   * @param name what people call it
   * @param ordinal among the bill's, from 0
   * @param id of the archive
   * @param length of the archive in bytes
   * @param packages that it may have
   */
  public record Archive(
      String name, int ordinal, String id, long length, long packages, Opener opener) {
    /** Opens one for what a bill says of it, and closes it. */
    public static Archive of(String name, int ordinal, Opener opener) throws IOException {
      try (ArchiveReader reader = opener.open()) {
        long packages = PackageOrder.count(reader);
        return new Archive(name, ordinal, reader.id(), reader.length(), packages, opener);
      }
    }

    private ArchiveReader open() throws IOException {
      ArchiveReader reader = opener.open();
      if (!reader.id().equals(id)) {
        reader.close();
        throw new IOException(name + " was replaced by another archive while it was read");
      }
      return reader;
    }
  }

  /**
   * What a bill has.
   *
   * @param files that are no packages
   * @param dependencies of its packages
   * @param met by a package of the bill that has the version
   * @param metByRange by the highest version of the bill that is in the range
   * @param metByName by a package of the bill whose version was not looked at
   */
  public record Counts(
      long packages, long files, long dependencies, long met, long metByRange, long metByName) {
    /** How many were met, however. */
    public long metInAll() {
      return met + metByRange + metByName;
    }
  }

  private static final Set<String> BY_LINE =
      Set.of("components", "dependencies", "packages", "relationships", "@graph");

  /** What all of a bill's archives are called. */
  String name() {
    return String.join(", ", archives.stream().map(Archive::name).toList());
  }

  /** What names this bill and no other. */
  UUID id() {
    StringBuilder text = new StringBuilder("packhouse " + tool + ' ' + format + ' ' + files);
    for (Archive archive : archives) {
      text.append(' ').append(archive.id).append(' ').append(archive.name);
    }
    return UUID.nameUUIDFromBytes(
        text.append(' ').append(asked).toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes the bill.
   *
   * @param out is written in large pieces, and left open
   * @param cancelled asked at each package
   * @throws InterruptedIOException if it was cancelled
   */
  public Counts write(OutputStream out, BooleanSupplier cancelled) throws IOException {
    long packages = archives.stream().mapToLong(Archive::packages).sum();
    try (Dependencies dependencies = new Dependencies(packages)) {
      Survey survey = new Survey(dependencies, cancelled);
      for (Archive archive : archives) {
        try (ArchiveReader reader = archive.open()) {
          PackageOrder.visit(reader, survey);
        }
      }
      return write(out, asked == null ? survey.latest : asked, dependencies, cancelled);
    }
  }

  private Counts write(
      OutputStream out, Instant time, Dependencies dependencies, BooleanSupplier cancelled)
      throws IOException {
    try (JsonGenerator json = generator(out);
        BillWriter writer =
            switch (format) {
              case CYCLONEDX -> new CycloneDxWriter(this, time, json);
              case SPDX -> new Spdx2Writer(this, time, json);
              case SPDX3 -> new Spdx3Writer(this, time, json);
            }) {
      Telling telling = new Telling(writer, dependencies, cancelled);
      int file = 0;
      for (Archive archive : archives) {
        writer.beginArchive(archive);
        try (ArchiveReader reader = archive.open()) {
          PackageOrder.visit(reader, telling);
          if (files) {
            EntryCursor entries = PackageOrder.files(reader);
            for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
              if (entry.is(EntryType.FILE)) {
                check(cancelled);
                writer.file(file++, PackageFacts.of(entry));
              }
            }
          }
        }
        writer.endArchive();
      }
      Counts counts =
          new Counts(
              telling.next,
              file,
              telling.dependencyCount,
              telling.met[Meeting.How.VERSION.ordinal()],
              telling.met[Meeting.How.RANGE.ordinal()],
              telling.met[Meeting.How.NAME.ordinal()]);
      writer.end(counts);
      json.writeRaw('\n');
      return counts;
    }
  }

  private static void check(BooleanSupplier cancelled) throws InterruptedIOException {
    if (cancelled.getAsBoolean()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** JSON with a line for each element of the long lists. */
  private static JsonGenerator generator(OutputStream out) throws IOException {
    return new JsonFactory()
        .createGenerator(out)
        .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
        .disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT)
        .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
        .setPrettyPrinter(new ByLine());
  }

  private static final class ByLine extends MinimalPrettyPrinter {
    private static final long serialVersionUID = 1L;

    @Override
    public void beforeArrayValues(JsonGenerator json) throws IOException {
      newLine(json);
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator json) throws IOException {
      json.writeRaw(',');
      newLine(json);
    }

    private static void newLine(JsonGenerator json) throws IOException {
      JsonStreamContext list = json.getOutputContext();
      JsonStreamContext owner = list.getParent();
      if (owner != null && BY_LINE.contains(String.valueOf(owner.getCurrentName()))) {
        json.writeRaw('\n');
      }
    }
  }

  /** Learns the names of packages. */
  private static final class Survey implements PackageOrder.Visitor {
    private final BooleanSupplier cancelled;
    private final Dependencies dependencies;
    private Instant latest = Instant.EPOCH;
    private int next;

    Survey(Dependencies dependencies, BooleanSupplier cancelled) {
      this.dependencies = dependencies;
      this.cancelled = cancelled;
    }

    @Override
    public void begin(Entry entry) throws IOException {
      check(cancelled);
      int ordinal = next++;
      String purl = entry.purl();
      if (purl != null) {
        dependencies.add(ordinal, purl);
      }
      if (entry.hasMtime()) {
        Instant modified = PackageFacts.time(entry.mtimeNanos());
        latest = modified.isAfter(latest) ? modified : latest;
      }
    }

    @Override
    public void end() {}
  }

  /** Tells a writer of packages. */
  private static final class Telling implements PackageOrder.Visitor {
    private final BillWriter writer;
    private final Meeting meeting;
    private final BooleanSupplier cancelled;
    private final Deque<Integer> open = new ArrayDeque<>();
    private int next;
    private long dependencyCount;
    private final long[] met = new long[Meeting.How.values().length];

    Telling(BillWriter writer, Dependencies dependencies, BooleanSupplier cancelled) {
      this.writer = writer;
      this.meeting = new Meeting(dependencies);
      this.cancelled = cancelled;
    }

    @Override
    public void begin(Entry entry) throws IOException {
      check(cancelled);
      int ordinal = next++;
      PackageFacts facts = PackageFacts.of(entry);
      Map<Integer, Edge> edges = new LinkedHashMap<>();
      for (Map<?, ?> dependency : facts.dependencies()) {
        dependencyCount++;
        if (dependency.get("purl") instanceof String purl) {
          String requirement = dependency.get("requirement") instanceof String text ? text : null;
          Meeting.Met found = meeting.find(purl, requirement).orElse(null);
          if (found != null && found.target() != ordinal) {
            Edge edge = edge(found, dependency);
            edges.merge(edge.target(), edge, Edge::stronger);
          }
        }
      }
      Integer parent = open.peek();
      writer.beginPackage(ordinal, parent == null ? -1 : parent, facts, edges.values());
      open.push(ordinal);
    }

    private Edge edge(Meeting.Met found, Map<?, ?> dependency) {
      met[found.how().ordinal()]++;
      Object scope = dependency.get("scope");
      return new Edge(
          found.target(),
          Edge.Kind.of(
              scope == null ? null : scope.toString(),
              Boolean.TRUE.equals(dependency.get("optional"))),
          found.how());
    }

    @Override
    public void end() throws IOException {
      open.pop();
      writer.endPackage();
    }
  }
}
