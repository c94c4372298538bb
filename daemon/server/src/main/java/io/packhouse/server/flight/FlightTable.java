package io.packhouse.server.flight;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What there is of an archive by Flight. */
enum FlightTable {
  /** The index: a row an entry, all columns. */
  ENTRIES("The index: a row an entry"),
  /** The rows of the index that are packages. */
  PACKAGES("The packages of the index, nested ones included"),
  /** The dependencies of packages. */
  DEPENDENCIES("A row a dependency of a package"),
  /** Where the contents of files are. */
  EXTENTS("A row an extent of a file"),
  /** What is stored. */
  BLOBS("The blob table: a row a blob"),
  /** Files' bytes, of paths that are named. */
  CONTENTS("The bytes of the files that are named");

  /** Columns of entries that say nothing of a package. */
  private static final Set<String> NOT_OF_PACKAGES =
      Set.of(
          "path_raw",
          "status",
          "error",
          "mode",
          "uid",
          "gid",
          "user",
          "group",
          "link_target",
          "link_target_raw",
          "device_major",
          "device_minor",
          "xattrs",
          "extents");

  private final String meaning;

  FlightTable(String meaning) {
    this.meaning = meaning;
  }

  /** As descriptors and tickets have it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it has, for people. */
  String meaning() {
    return meaning;
  }

  /** Whether it is the index, or rows and columns of it. */
  boolean isOfIndex() {
    return this == ENTRIES || this == PACKAGES;
  }

  /** Whether a column of the index is among its own. */
  boolean has(String column) {
    return this == ENTRIES || !NOT_OF_PACKAGES.contains(column);
  }

  /** The tables that need nothing but the archive's name. */
  static List<FlightTable> listed() {
    return List.of(ENTRIES, PACKAGES, DEPENDENCIES, EXTENTS, BLOBS);
  }

  /** Null where there is none of this label. */
  static @Nullable FlightTable ofLabel(String label) {
    for (FlightTable table : values()) {
      if (table.label().equals(label)) {
        return table;
      }
    }
    return null;
  }
}
