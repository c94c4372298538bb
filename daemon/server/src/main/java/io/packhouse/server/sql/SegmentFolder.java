package io.packhouse.server.sql;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packhouse.server.sql.StoredSegment.StoredArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
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
  private static final int VERSION = 2;

  private static final System.Logger LOG = System.getLogger(SegmentFolder.class.getName());
  private static final String TABLES = ".duckdb";
  private static final String MANIFEST = ".json";
  private static final String DIGEST = "sha256";

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
          root.path("folder").asText(),
          tables,
          archives,
          Set.of(),
          Files.size(tables),
          root.path(DIGEST).asText());
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
    String digest = digest(file);
    ObjectNode root = mapper.createObjectNode();
    root.put("version", VERSION).put("folder", catalogFolder).put("bytes", Files.size(file));
    root.put(DIGEST, digest);
    root.set("archives", mapper.valueToTree(archives));
    Path manifest = manifest(file);
    Path unfinished = manifest.resolveSibling(manifest.getFileName() + ".unfinished");
    Files.write(unfinished, mapper.writeValueAsBytes(root));
    Files.move(unfinished, manifest, StandardCopyOption.ATOMIC_MOVE);
    return new StoredSegment(catalogFolder, file, archives, Set.of(), Files.size(file), digest);
  }

  /** Whether a segment's file is as it was made: reads all of it. */
  boolean isWhole(StoredSegment segment) {
    try {
      return digest(segment.file()).equals(segment.digest());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot read a segment of SQL tables", e);
      return false;
    }
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 20];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
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
