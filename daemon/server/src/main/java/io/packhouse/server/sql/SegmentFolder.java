package io.packhouse.server.sql;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packhouse.server.sql.StoredSegment.StoredArchive;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The files of all segments: {@code N.duckdb} with the tables, and {@code N.json}, which tells what
 * is in them and is written last. All of it is a cache: what is not whole, or of another version,
 * is removed.
 */
final class SegmentFolder {
  /** Of tables and manifests; to be raised when either changes. */
  private static final int VERSION = 1;

  private static final System.Logger LOG = System.getLogger(SegmentFolder.class.getName());
  private static final String TABLES = ".duckdb";
  private static final String MANIFEST = ".json";

  private final Path folder;
  private final ObjectMapper mapper = new ObjectMapper();
  private final AtomicLong next = new AtomicLong();

  private SegmentFolder(Path folder) {
    this.folder = folder;
  }

  static SegmentFolder at(Path folder) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new SegmentFolder(folder);
  }

  /** The segments that are there; removes all else. */
  List<StoredSegment> read() throws IOException {
    List<StoredSegment> segments = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
      listing.forEach(files::add);
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.endsWith(MANIFEST)) {
        String number = name.substring(0, name.length() - MANIFEST.length());
        Path tables = folder.resolve(number + TABLES);
        StoredSegment segment = Files.exists(tables) ? parse(file, tables) : null;
        if (segment != null) {
          segments.add(segment);
          next.accumulateAndGet(Long.parseLong(number), Math::max);
        }
      }
    }
    Set<Path> known = new HashSet<>();
    segments.forEach(segment -> known.addAll(List.of(segment.file(), manifest(segment.file()))));
    for (Path file : files) {
      if (!known.contains(file) && Files.isRegularFile(file)) {
        Files.deleteIfExists(file);
      }
    }
    return segments;
  }

  private @Nullable StoredSegment parse(Path manifest, Path tables) {
    try {
      JsonNode root = mapper.readTree(Files.readAllBytes(manifest));
      if (root.path("version").asInt() != VERSION
          || root.path("bytes").asLong() != Files.size(tables)) {
        return null;
      }
      List<StoredArchive> archives =
          mapper.convertValue(root.path("archives"), new TypeReference<>() {});
      return new StoredSegment(
          root.path("folder").asText(), tables, archives, Set.of(), Files.size(tables));
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(System.Logger.Level.WARNING, "a segment of SQL tables is lost: " + manifest, e);
      return null;
    }
  }

  /** Where to make the next segment. */
  Path newFile() {
    return folder.resolve(next.incrementAndGet() + TABLES);
  }

  /** Takes in a segment whose file is whole. */
  StoredSegment add(String catalogFolder, Path file, List<StoredArchive> archives)
      throws IOException {
    ObjectNode root = mapper.createObjectNode();
    root.put("version", VERSION).put("folder", catalogFolder).put("bytes", Files.size(file));
    root.set("archives", mapper.valueToTree(archives));
    Path manifest = manifest(file);
    Path unfinished = manifest.resolveSibling(manifest.getFileName() + ".unfinished");
    Files.write(unfinished, mapper.writeValueAsBytes(root));
    Files.move(unfinished, manifest, StandardCopyOption.ATOMIC_MOVE);
    return new StoredSegment(catalogFolder, file, archives, Set.of(), Files.size(file));
  }

  /** Removes a segment. Who has it open may read on. */
  void remove(StoredSegment segment) throws IOException {
    Files.deleteIfExists(manifest(segment.file()));
    Files.deleteIfExists(segment.file());
  }

  private static Path manifest(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - TABLES.length()) + MANIFEST);
  }
}
