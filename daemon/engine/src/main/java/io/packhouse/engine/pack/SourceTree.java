package io.packhouse.engine.pack;

import io.packhouse.engine.fs.PathText;
import org.jspecify.annotations.Nullable;

/**
 * A tree that comes from a source.
 *
 * @param mount the name of the directory in the archive that takes the tree; null for the archive's
 *     root, which only a single tree may be
 * @param repository what the column {@code repository} says of its entries
 */
public record SourceTree(@Nullable String mount, @Nullable String repository) {

  /** A single tree, of no named repository. */
  public static final SourceTree ROOT = new SourceTree(null, null);

  public SourceTree {
    if (mount != null && !PathText.isName(PathText.bytes(mount))) {
      throw new IllegalArgumentException("not a file name: \"" + mount + "\"");
    }
  }
}
