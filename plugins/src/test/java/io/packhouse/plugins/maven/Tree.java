package io.packhouse.plugins.maven;

import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files that are each other's siblings. */
final class Tree {

  static final Tree EMPTY = new Tree(null);

  private final @Nullable Path root;
  private final Map<Path, byte[]> files = new HashMap<>();

  private Tree(@Nullable Path root) {
    this.root = root;
  }

  static Tree of() {
    return new Tree(null);
  }

  /** The files of a directory. */
  static Tree at(Path root) {
    return new Tree(root);
  }

  Tree file(String path, String text) {
    files.put(Path.of(path), text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** One of the files. */
  PackageFile get(String path) {
    byte[] bytes = files.get(Path.of(path));
    if (bytes == null) {
      throw new IllegalArgumentException("no such file, path=" + path);
    }
    return Jars.file(path, bytes);
  }

  ExtractionContext context(PackageFile file) {
    return context(file, ExtractionLimits.DEFAULT);
  }

  ExtractionContext context(PackageFile file, ExtractionLimits limits) {
    ArchiveOpener opener = new SafeArchiveOpener(limits);
    return new ExtractionContext() {
      @Override
      public @Nullable PackageFile sibling(String relativePath) throws IOException {
        Path path = Path.of(file.path()).resolveSibling(relativePath).normalize();
        byte[] bytes = files.get(path);
        if (bytes == null && root != null && !path.startsWith("..")) {
          Path real = root.resolve(path);
          bytes = Files.isRegularFile(real) ? Files.readAllBytes(real) : null;
        }
        return bytes == null ? null : PackageFile.of(path.toString(), ByteBuffer.wrap(bytes));
      }

      @Override
      public ArchiveOpener archives() {
        return opener;
      }

      @Override
      public ExtractionLimits limits() {
        return limits;
      }
    };
  }
}
