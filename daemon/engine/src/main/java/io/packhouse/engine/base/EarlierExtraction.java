package io.packhouse.engine.base;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the extractors of a base said about a file.
 *
 * @param siblings which of its siblings they asked for, as the column {@code extract_siblings} has
 *     it; not to be changed
 * @param packageType null where none took the file, as {@code metadata} is
 * @param metadata not checked against what the package type declares
 */
@SuppressWarnings("ArrayRecordComponent") // never compared nor printed
public record EarlierExtraction(
    byte[] siblings, @Nullable String packageType, @Nullable PackageMetadata metadata) {

  /** Tells what of a base may be taken for a file. */
  public interface Check {
    /** Whether the siblings of the file are what they were. */
    boolean holds(byte[] siblings) throws IOException;

    /** The own columns of packages of this type; null where they are not to be taken. */
    @Nullable List<ColumnSpec> columns(String packageType);
  }
}
