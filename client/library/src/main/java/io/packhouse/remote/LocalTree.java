package io.packhouse.remote;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A tree of this machine that is sent.
 *
 * @param directory the tree's root; a link is followed
 * @param mount the name of the directory in the archive that takes the tree; null puts a single
 *     tree at the archive's root
 * @param repository what the column {@code repository} says of its entries
 */
public record LocalTree(Path directory, @Nullable String mount, @Nullable String repository) {

  /** A tree at the archive's root, of no named repository. */
  public static LocalTree of(Path directory) {
    return new LocalTree(directory, null, null);
  }
}
