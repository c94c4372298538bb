package io.packhouse.engine.extract;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.index.MetadataSize;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks what an extractor returned before it becomes rows: values of the declared types, inner
 * paths that are paths and differ, and amounts that a batch has room for.
 */
final class MetadataCheck {
  private static final int MAX_MESSAGE_LENGTH = 2_000;

  /** Packages in a file, at any depth: a row each. */
  private static final int MAX_NESTED = 65_536;

  private static final int MAX_DEPTH = 32;

  /** About the characters of all text, of nested packages too: far below a batch's limit. */
  private static final long MAX_SIZE = 8L << 20;

  private final List<ColumnSpec> columns;
  private final Set<String> paths = new HashSet<>();
  private long size;

  private MetadataCheck(List<ColumnSpec> columns) {
    this.columns = columns;
  }

  /**
   * @param path of the file that was described
   * @throws IllegalArgumentException if something is wrong; says what
   */
  static void check(List<ColumnSpec> columns, PackageMetadata metadata, String path) {
    new MetadataCheck(columns).check(metadata, path, 0);
  }

  /** A message short enough for a row. */
  static String clip(String message) {
    return message.length() <= MAX_MESSAGE_LENGTH
        ? message
        : message.substring(0, MAX_MESSAGE_LENGTH) + "…";
  }

  private void check(PackageMetadata metadata, String path, int depth) {
    ColumnSpec.checkValues(columns, metadata.columns());
    size += MetadataSize.of(metadata);
    if (size > MAX_SIZE) {
      throw new IllegalArgumentException("metadata of more than " + MAX_SIZE + " characters");
    }
    if (depth == MAX_DEPTH && !metadata.nested().isEmpty()) {
      throw new IllegalArgumentException("packages nest deeper than " + MAX_DEPTH);
    }
    for (NestedPackage nested : metadata.nested()) {
      String inner = path + "!/" + nested.innerPath();
      if (!isPath(nested.innerPath())) {
        throw new IllegalArgumentException("nested package has no valid path: " + clip(inner));
      }
      if (inner.getBytes(StandardCharsets.UTF_8).length > ArchiveFormat.MAX_PATH_LENGTH) {
        throw new IllegalArgumentException(
            "path of a nested package is over " + ArchiveFormat.MAX_PATH_LENGTH + " bytes");
      }
      if (!paths.add(inner)) {
        throw new IllegalArgumentException("two nested packages are at " + clip(inner));
      }
      if (paths.size() > MAX_NESTED) {
        throw new IllegalArgumentException("more than " + MAX_NESTED + " nested packages");
      }
      check(nested.metadata(), inner, depth + 1);
    }
  }

  private static boolean isPath(String path) {
    for (String name : path.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
        return false;
      }
    }
    return true;
  }
}
