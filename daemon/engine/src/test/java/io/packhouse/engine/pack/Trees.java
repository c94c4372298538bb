package io.packhouse.engine.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Trees that {@code java.nio.file} cannot make, and archives looked at as a whole. */
final class Trees {
  private Trees() {}

  static boolean hasRawNames() {
    return SystemFileAccess.instance().name().equals("linux");
  }

  static void fifo(Path path) throws IOException {
    try (OpenDirectory directory = SystemFileAccess.instance().openDirectory(path.getParent())) {
      directory.createSpecial(name(path), FileKind.FIFO, 0600, 0, 0);
    }
  }

  private static byte[] name(Path path) {
    return path.getFileName().toString().getBytes(UTF_8);
  }

  /** Directories in each other, and a file in the innermost. */
  static void makeDeep(Path root, int depth, int nameLength) throws IOException {
    byte[] name = "d".repeat(nameLength).getBytes(UTF_8);
    OpenDirectory at = SystemFileAccess.instance().openDirectory(root);
    for (int i = 0; i < depth; i++) {
      at.createDirectory(name, 0755);
      OpenDirectory below = at.openDirectory(name);
      at.close();
      at = below;
    }
    at.createFile(name, 0600).close();
    at.close();
  }

  static void deleteDeep(Path root) throws IOException {
    try (OpenDirectory directory = SystemFileAccess.instance().openDirectory(root)) {
      deleteAll(directory);
    }
  }

  private static void deleteAll(OpenDirectory directory) throws IOException {
    DirectoryListing listing = directory.list();
    for (int i = 0; i < listing.size(); i++) {
      boolean isDirectory = listing.kind(i) == FileKind.DIRECTORY;
      if (isDirectory) {
        try (OpenDirectory below = directory.openDirectory(listing.name(i))) {
          deleteAll(below);
        }
      }
      directory.delete(listing.name(i), isDirectory);
    }
  }

  static void emptyFiles(Path root, int count) throws IOException {
    try (OpenDirectory directory = SystemFileAccess.instance().openDirectory(root)) {
      for (int i = 0; i < count; i++) {
        OpenFile file = directory.createFile(("file-" + i).getBytes(UTF_8), 0600);
        file.close();
      }
    }
  }

  static void smallFiles(Path root, int count) throws IOException {
    try (OpenDirectory directory = SystemFileAccess.instance().openDirectory(root)) {
      for (int i = 0; i < count; i++) {
        byte[] name = ("file-" + i).getBytes(UTF_8);
        try (OpenFile file = directory.createFile(name, 0600)) {
          file.write(MemorySegment.ofArray(name), 0, name.length, 0);
        }
      }
    }
  }

  static void assertSound(Path archive) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      assertThat(new ArchiveVerifier(reader).verify(VerifyOptions.all(1)).damages()).isEmpty();
    }
  }
}
