package io.packhouse.packages;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** A folder that holds files as they will lie below {@code /}. Not thread-safe. */
final class Stage {
  private static final String EXECUTABLE = "rwxr-xr-x";
  private static final String PLAIN = "rw-r--r--";

  private final Path root;

  /** Begins an empty one, in the place of what was there. */
  Stage(Path root) throws IOException {
    delete(root);
    this.root = Files.createDirectories(root);
  }

  /** Where an installed path lies now; its parent is there. */
  Path at(String installed) throws IOException {
    Path path = root.resolve(installed);
    Files.createDirectories(path.getParent());
    return path;
  }

  void write(String installed, String text) throws IOException {
    Path path = at(installed);
    Files.writeString(path, text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(PLAIN));
  }

  /** The same, compressed, as both man pages and Debian's changelogs are. */
  void writeCompressed(String installed, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(at(installed + ".gz")))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  void copy(Path file, String installed) throws IOException {
    Path path = at(installed);
    Files.copy(file, path, StandardCopyOption.REPLACE_EXISTING);
    String permissions = Files.isExecutable(file) ? EXECUTABLE : PLAIN;
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  /** Copies the files below a folder. */
  void copyTree(Path folder, String installed) throws IOException {
    for (Path file : files(folder)) {
      copy(file, installed + "/" + folder.relativize(file));
    }
  }

  /** The regular files below a folder, in order. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException error)
              throws IOException {
            if (error != null) {
              throw error;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
