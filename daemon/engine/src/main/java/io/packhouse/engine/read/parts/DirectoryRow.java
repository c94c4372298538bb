package io.packhouse.engine.read.parts;

import io.packhouse.engine.read.memory.Place;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A row of the batch directory as the reader keeps it. The arrays are not to be changed. */
@SuppressWarnings("ArrayRecordComponent") // internal, never written after construction
public record DirectoryRow(
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

  /** The batch, for messages. */
  public Place place(Path path) {
    return new Place(path, offset, "batch " + ordinal);
  }
}
