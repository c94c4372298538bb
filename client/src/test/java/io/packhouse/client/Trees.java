package io.packhouse.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Random;

/** Trees to pack. */
public final class Trees {
  private static final FileTime TIME =
      FileTime.from(Instant.parse("2024-05-06T07:08:09.123456789Z"));

  private Trees() {}

  /** A tree with one of each that needs no root. */
  public static Path small(Path parent) throws IOException {
    Path tree = Files.createDirectory(parent.resolve("tree"));
    Files.createDirectories(tree.resolve("docs/deep/er"));
    Files.createDirectory(tree.resolve("docs-old"));
    Files.createDirectory(tree.resolve("empty"));
    Files.writeString(tree.resolve("docs/readme.txt"), "read me\n");
    Files.writeString(tree.resolve("docs/deep/notes.txt"), "a note\n".repeat(200));
    Files.writeString(tree.resolve("docs-old/readme.txt"), "old\n");
    Files.createFile(tree.resolve("nothing"));
    Files.write(tree.resolve("noise.bin"), noise(1, 100_000));
    Files.write(tree.resolve("noise-again.bin"), noise(1, 100_000));
    Files.writeString(tree.resolve("back\\slash"), "odd");
    Files.writeString(tree.resolve("two\nlines"), "odder");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("docs/readme.txt"));
    Files.createSymbolicLink(tree.resolve("docs/up"), Path.of("../noise.bin"));
    Files.createSymbolicLink(tree.resolve("out"), Path.of("../outside"));
    Files.createLink(tree.resolve("zhard"), tree.resolve("docs/readme.txt"));
    Files.setPosixFilePermissions(
        tree.resolve("noise.bin"), PosixFilePermissions.fromString("rwxr-x---"));
    Files.setLastModifiedTime(tree.resolve("noise.bin"), TIME);
    return tree;
  }

  /** A Maven repository of one artifact. */
  public static Path maven(Path parent) throws IOException {
    Path repository = Files.createDirectory(parent.resolve("m2"));
    Path version = Files.createDirectories(repository.resolve("org/acme/tool/1.2"));
    Files.writeString(
        version.resolve("tool-1.2.pom"),
        "<project><modelVersion>4.0.0</modelVersion><groupId>org.acme</groupId>"
            + "<artifactId>tool</artifactId><version>1.2</version></project>");
    return repository;
  }

  /** Bytes that do not compress. */
  public static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
