package io.packhouse.engine.pack;

import io.packhouse.engine.fs.PathText;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory tree to pack.
 *
 * @param directory the tree's root; a link is followed
 * @param mount the name of the directory in the archive that takes the tree; null puts the tree at
 *     the archive's root, which only a single input may
 * @param repository what the column {@code repository} says of its entries
 */
public record PackInput(Path directory, @Nullable String mount, @Nullable String repository) {

  public PackInput {
    if (mount != null && !PathText.isName(PathText.bytes(mount))) {
      throw new IllegalArgumentException("not a file name: \"" + mount + "\"");
    }
  }

  /** A tree at the archive's root, of no named repository. */
  public static PackInput of(Path directory) {
    return new PackInput(directory, null, null);
  }
}
