package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.extent;
import static io.packhouse.engine.read.TestArchive.utf8;

import io.packhouse.engine.format.BaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A full archive {@code first.pkh}, its delta {@code second.pkh} and the delta {@code third.pkh} of
 * that, in a folder, with files of one, of several and of all of them.
 */
public final class TestChain {
  /** Blob 0 of the first: raw. */
  public final byte[] one = random(1, 9_000);

  /** Blob 1 of the first: a zstd frame. */
  public final byte[] two = utf8("two, of the first archive. ".repeat(4_000));

  /** Blob 0 of the second: a zstd frame. */
  public final byte[] three = utf8("three, of the second archive. ".repeat(3_000));

  /** Blob 0 of the third: raw. */
  public final byte[] four = random(4, 70_000);

  public final Path folder;
  public final Path first;
  public final Path second;
  public final Path third;

  public TestChain(Path folder) throws IOException {
    this.folder = folder;
    TestArchive a = new TestArchive();
    a.raw(one);
    a.zstd(two);
    a.file("kept", one, extent(0, 0, one.length));
    a.file("removed", two, extent(1, 0, two.length));
    first = a.write(folder.resolve("first.pkh"));
    TestArchive b = new TestArchive().bases(List.of(id(first)));
    b.zstd(three);
    b.file("added", three, extent(0, 0, three.length));
    b.file("kept", one, extent(-2, 0, one.length));
    b.file("mixed", mixed(), extent(-3, 100, 900), extent(0, 50, 1_000), extent(-2, 0, 500));
    b.file("removed", two, extent(-5, 0, two.length)); // row 1 of the first
    second = b.write(folder.resolve("second.pkh"));
    third = thirdArchive().write(folder.resolve("third.pkh"));
  }

  /** The third archive, not written. */
  public TestArchive thirdArchive() throws IOException {
    TestArchive c = new TestArchive().bases(List.of(id(second), id(first)));
    c.raw(four);
    c.file("added", three, extent(-2, 0, three.length));
    c.file("again", two, extent(-4, 0, two.length));
    c.file("empty", new byte[0]);
    c.file("kept", one, extent(-3, 0, one.length));
    c.file("mixed", mixed(), extent(-4, 100, 900), extent(-2, 50, 1_000), extent(-3, 0, 500));
    c.file("mixed-as-was", mixed(), extent(-7, 0, mixed().length)); // row 2 of the second
    c.file("new", four, extent(0, 0, four.length));
    c.file("removed-as-was", two, extent(-8, 0, two.length)); // row 3, which is row 1 of the first
    c.file("sliced", sliced(), extent(-4, 0, 4096), extent(-1, 0, 4096), extent(0, 0, 4096));
    return c;
  }

  /** A file of ranges of the first's second blob, the second's and the first's first. */
  public byte[] mixed() {
    return concat(
        Arrays.copyOfRange(two, 100, 1_000),
        Arrays.copyOfRange(three, 50, 1_050),
        Arrays.copyOf(one, 500));
  }

  /** A file of aligned slices, the first of which is a base's. */
  public byte[] sliced() {
    return concat(Arrays.copyOf(two, 4096), new byte[4096], Arrays.copyOf(four, 4096));
  }

  /** What a list of bases says of an archive. */
  public static BaseId id(Path archive) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      return new BaseId(reader.id(), reader.blobCount());
    }
  }

  /** Changes a byte of a file in place. */
  static void flip(Path file, long offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) offset] ^= 1;
    Files.write(file, bytes);
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    byte[] all = new byte[0];
    for (byte[] part : parts) {
      int at = all.length;
      all = Arrays.copyOf(all, at + part.length);
      System.arraycopy(part, 0, all, at, part.length);
    }
    return all;
  }
}
