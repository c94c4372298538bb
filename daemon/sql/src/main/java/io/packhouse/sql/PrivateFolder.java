package io.packhouse.sql;

import io.packhouse.sql.SqlException.Reason;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The folder of an engine's tables and temporary files. Engine and worker may both remove it. */
public final class PrivateFolder {
  private PrivateFolder() {}

  /**
   * Makes one that nobody else may look into.
   *
   * @param parent where; null for the folder of temporary files
   * @throws SqlException if there is no room
   */
  static Path create(@Nullable Path parent, String prefix) throws IOException {
    try {
      return parent == null
          ? Files.createTempDirectory(prefix)
          : Files.createTempDirectory(parent, prefix);
    } catch (FileSystemException e) {
      throw new SqlException(
          Reason.DISK, "cannot make a folder for temporary files (" + e.getMessage() + ")", e);
    }
  }

  /** Removes it with all that is in it, if it is there. */
  public static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
