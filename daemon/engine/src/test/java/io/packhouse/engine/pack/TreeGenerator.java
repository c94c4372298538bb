package io.packhouse.engine.pack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.system.SystemFileAccess;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes trees of everything that file systems allow; equal seeds make equal trees. */
final class TreeGenerator {
  /** Around {@code /} in byte order, control characters, not UTF-8, and other trouble. */
  private static final byte[][] NAMES = {
    utf8("a"),
    utf8("a-"),
    utf8("a."),
    utf8("a!"),
    utf8("a b"),
    utf8("a0"),
    utf8("aa"),
    utf8("a\n"),
    utf8("\t"),
    utf8("\\"),
    utf8("*"),
    utf8("[x]"),
    utf8("-rf"),
    utf8("~"),
    utf8("é"),
    utf8("日本語"),
    utf8("\uFFFD"),
    utf8("\uD83D\uDE00"),
    utf8(" "),
    utf8("..."),
    {(byte) 0xff},
    {'a', (byte) 0x80},
    {(byte) 0xc3},
    {1},
    {'a', 1},
    {'a', '.', (byte) 0xfe},
  };

  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  private record Made(OpenDirectory directory, byte[] name) {}

  private final Random random;
  private final boolean rawNames = SystemFileAccess.instance().name().equals("linux");
  private final List<byte[]> contents = new ArrayList<>();
  private final int[] sizes;
  private int left;

  TreeGenerator(long seed, int entries, int blobBytes) {
    random = new Random(seed);
    left = entries;
    sizes =
        new int[] {
          0,
          1,
          2,
          1023,
          1024,
          1025,
          4095,
          4096,
          8191,
          20_000,
          32_768,
          40_000,
          blobBytes - 1,
          blobBytes,
          blobBytes + 1,
          2 * blobBytes,
          3 * blobBytes + 17
        };
  }

  void fill(Path root) throws IOException {
    try (OpenDirectory directory = SystemFileAccess.instance().openDirectory(root)) {
      List<Made> linkable = new ArrayList<>();
      while (left > 0) {
        fill(directory, 0, linkable);
      }
    }
  }

  private void fill(OpenDirectory directory, int depth, List<Made> linkable) throws IOException {
    int count = Math.min(left, 1 + random.nextInt(12));
    for (int i = 0; i < count; i++) {
      left--;
      byte[] name = name();
      try {
        make(directory, name, depth, linkable);
      } catch (FileErrorException e) {
        if (!e.isExists() && !e.isPermission()) {
          throw e;
        }
      }
    }
    if (depth > 0) {
      linkable.removeIf(made -> made.directory.equals(directory));
    }
  }

  private void make(OpenDirectory directory, byte[] name, int depth, List<Made> linkable)
      throws IOException {
    int kind = random.nextInt(100);
    if (kind < 25 && depth < 6) {
      directory.createDirectory(name, 0755);
      try (OpenDirectory below = directory.openDirectory(name)) {
        if (random.nextInt(5) > 0) {
          fill(below, depth + 1, linkable);
        }
        below.setMode(0700 | random.nextInt(01000));
        below.setTimes(time());
      }
    } else if (kind < 33) {
      directory.createSymlink(random.nextBoolean() ? utf8("../nowhere/ü") : NAMES[0], name);
      directory.setTimes(name, time());
    } else if (kind < 36 && rawNames) {
      directory.createSpecial(name, FileKind.FIFO, 0600, 0, 0);
      directory.setTimes(name, time());
    } else if (kind < 37 && rawNames) {
      directory.createSpecial(name, FileKind.CHAR_DEVICE, 0600, 1, 3);
    } else if (kind < 44 && !linkable.isEmpty()) {
      Made first = linkable.get(random.nextInt(linkable.size()));
      directory.createHardLink(first.directory, first.name, name);
    } else {
      file(directory, name);
      linkable.add(new Made(directory, name));
    }
  }

  private void file(OpenDirectory directory, byte[] name) throws IOException {
    try (OpenFile file = directory.createFile(name, 0600)) {
      if (random.nextInt(20) == 0) {
        byte[] island = Bytes.text(random.nextLong(), 1 + random.nextInt(3000));
        file.write(MemorySegment.ofArray(island), 0, island.length, 200_000 + random.nextInt(9000));
        file.truncate(400_000 + random.nextInt(100_000));
      } else {
        byte[] bytes = contents();
        file.write(MemorySegment.ofArray(bytes), 0, bytes.length, 0);
      }
      file.setMode(0400 | random.nextInt(010000));
      file.setTimes(time());
    }
  }

  private byte[] contents() {
    if (!contents.isEmpty() && random.nextInt(5) == 0) {
      return contents.get(random.nextInt(contents.size()));
    }
    int length =
        random.nextInt(3) == 0 ? sizes[random.nextInt(sizes.length)] : random.nextInt(5000);
    byte[] bytes =
        switch (random.nextInt(5)) {
          case 0 -> Bytes.random(random.nextLong(), length);
          case 1 -> Bytes.packageLike(random.nextLong(), length);
          case 2 -> new byte[length];
          default -> Bytes.text(random.nextLong(), length);
        };
    contents.add(bytes);
    return bytes;
  }

  private byte[] name() {
    if (random.nextInt(3) > 0) {
      byte[] name = NAMES[random.nextInt(NAMES.length)];
      return rawNames || isPlain(name) ? name : utf8("plain");
    }
    if (random.nextInt(30) == 0) {
      return utf8("n".repeat(255));
    }
    return utf8("file-" + random.nextInt(1000) + (random.nextBoolean() ? ".txt" : ""));
  }

  private static boolean isPlain(byte[] name) {
    return java.util.Arrays.equals(new String(name, UTF_8).getBytes(UTF_8), name);
  }

  /** From 1901 to 2100, before and after the epoch, with nanoseconds. */
  private long time() {
    return (random.nextLong() % 2_000_000_000L) * 1_000_000_000L + random.nextInt(1_000_000_000);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
