package io.packhouse.engine.read;

import org.jspecify.annotations.Nullable;

/** A row of the batch directory as the reader keeps it. The arrays are not to be changed. */
@SuppressWarnings("ArrayRecordComponent") // internal, never written after construction
record DirectoryRow(
    int ordinal,
    long offset,
    int length,
    int rows,
    @Nullable String packageType,
    @Nullable String repository,
    boolean nested,
    byte[] firstPath,
    byte[] lastPath,
    byte[] blake3) {

  BatchInfo info() {
    return new BatchInfo(
        ordinal,
        offset,
        length,
        rows,
        packageType,
        repository,
        nested,
        PathBytes.text(firstPath),
        PathBytes.text(lastPath));
  }

  Place place(java.nio.file.Path path) {
    return new Place(path, offset, "batch " + ordinal);
  }
}
