package io.packhouse.server.flight;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What there is of an archive by Flight. */
enum FlightTable {
  /** The index: a row an entry, all columns. */
  ENTRIES,
  /** The rows of the index that are packages. */
  PACKAGES,
  /** The dependencies of packages. */
  DEPENDENCIES,
  /** Where the contents of files are. */
  EXTENTS,
  /** What is stored. */
  BLOBS,
  /** Files' bytes, of paths that are named. */
  CONTENTS;

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

  /** As descriptors and tickets have it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is the index, or rows and columns of it. */
  boolean isOfIndex() {
    return this == ENTRIES || this == PACKAGES;
  }

  /** Whether it is made of the index's batches. */
  boolean isOfBatches() {
    return this != BLOBS && this != CONTENTS;
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
