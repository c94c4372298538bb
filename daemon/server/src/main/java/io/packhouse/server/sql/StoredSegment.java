package io.packhouse.server.sql;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A segment on disk.
 *
 * @param folder of the catalog whose archives it has
 * @param file with the tables
 * @param archives that it was made of
 * @param gone names of those that are no longer, or are in another segment
 * @param bytes of the file
 * @param digest SHA-256 of it, in hexadecimal
 */
record StoredSegment(
    String folder,
    Path file,
    List<StoredArchive> archives,
    Set<String> gone,
    long bytes,
    String digest) {

  /**
   * An archive in a segment.
   *
   * @param name in the catalog, with its folder
   * @param id 64 hexadecimal digits
   * @param rows of its index
   */
  record StoredArchive(String name, String id, long rows) {}

  StoredSegment {
    archives = List.copyOf(archives);
    gone = Set.copyOf(gone);
  }

  StoredSegment without(Set<String> names) {
    return new StoredSegment(folder, file, archives, names, bytes, digest);
  }

  long rows() {
    return archives.stream().mapToLong(StoredArchive::rows).sum();
  }

  long goneRows() {
    return archives.stream()
        .filter(archive -> gone.contains(archive.name()))
        .mapToLong(StoredArchive::rows)
        .sum();
  }

  /** The archives that count. */
  List<StoredArchive> live() {
    return archives.stream().filter(archive -> !gone.contains(archive.name())).toList();
  }
}
