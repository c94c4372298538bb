package io.packhouse.engine.extract;

import io.packhouse.spi.PackageFile;
import org.jspecify.annotations.Nullable;

/** Files of a tree that are in memory at the moment, so that siblings need not be read again. */
@FunctionalInterface
public interface NearbyFiles {

  /** For hosts that have none. */
  NearbyFiles NONE = path -> null;

  /**
   * A file, for the time of one extraction.
   *
   * @param path below the root of the archive
   * @return null where it is not in memory, which says nothing of whether there is one
   */
  @Nullable PackageFile find(String path);

  /** BLAKE3 of a file that {@link #find} gives, not to be changed; null for others. */
  default byte @Nullable [] blake3(String path) {
    return null;
  }
}
