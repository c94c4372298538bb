package io.packhouse.benchmarks.service;

import io.packhouse.benchmarks.SyntheticTree;
import io.packhouse.v1.Entry;
import io.packhouse.v1.EntryType;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Trees that never change, and archives that are named after them: {@code archives/soak-K.pkh} has
 * tree K modulo their number, whoever packed it, so what is read of it can be compared with the
 * tree. Immutable.
 */
final class SoakTrees {
  private static final int ARCHIVES = 24;
  private static final int BIG_BYTES = 12 << 20;
  private static final int MANY_FILES = 3_000;
  private static final int JARS = 20;
  private static final long JAR_BYTES = 1 << 20;

  private final List<Path> trees;
  private final List<List<String>> files = new ArrayList<>();

  private SoakTrees(List<Path> trees) throws IOException {
    this.trees = List.copyOf(trees);
    for (Path tree : trees) {
      try (Stream<Path> all = Files.walk(tree)) {
        files.add(
            all.filter(Files::isRegularFile)
                .map(file -> tree.relativize(file).toString())
                .sorted()
                .toList());
      }
    }
  }

  /** Makes them below a folder, or finds them there. */
  static SoakTrees in(Path folder) throws IOException {
    List<Path> trees = Stream.of("small", "many", "big", "jars").map(folder::resolve).toList();
    if (!Files.exists(folder)) {
      Path making = folder.resolveSibling(folder.getFileName() + ".making");
      SyntheticTree synthetic = new SyntheticTree();
      Files.createDirectories(making);
      synthetic.generate(making.resolve("small"), 50, 10_000, 30_000);
      synthetic.generate(making.resolve("many"), MANY_FILES);
      synthetic.generate(making.resolve("big"), 10);
      SplittableRandom random = new SplittableRandom(1);
      Files.write(making.resolve("big/text"), synthetic.contents(random, BIG_BYTES));
      byte[] bytes = new byte[BIG_BYTES];
      random.nextBytes(bytes);
      Files.write(making.resolve("big/random"), bytes);
      copyJars(Files.createDirectory(making.resolve("jars")));
      Files.move(making, folder);
    }
    return new SoakTrees(trees);
  }

  /** Jars that this program runs on: real packages, some with others inside. */
  private static void copyJars(Path to) throws IOException {
    int copied = 0;
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(each);
      if (each.endsWith(".jar") && copied < JARS && Files.size(jar) < JAR_BYTES) {
        Files.copy(jar, to.resolve(jar.getFileName().toString()));
        copied++;
      }
    }
  }

  List<Path> all() {
    return trees;
  }

  int archiveCount() {
    return ARCHIVES;
  }

  static String archive(int number) {
    return RunningDaemon.CATALOG + "/soak-" + number + ".pkh";
  }

  Path tree(int number) {
    return trees.get(number % trees.size());
  }

  /** Number of files of the archive of this number. */
  int fileCount(int number) {
    return files.get(number % trees.size()).size();
  }

  String file(int number, RandomGenerator random) {
    List<String> all = files.get(number % trees.size());
    return all.get(random.nextInt(all.size()));
  }

  /** The number of an archive whose tree has a file that takes a while to read. */
  int bigArchive(RandomGenerator random) {
    return random.nextInt(ARCHIVES / trees.size()) * trees.size() + 2;
  }

  static String bigFile(RandomGenerator random) {
    return random.nextBoolean() ? "text" : "random";
  }

  /**
   * Compares bytes that were read with those of the tree.
   *
   * @throws AssertionError if they differ
   */
  void check(int number, String file, long offset, List<ByteBuffer> read) throws IOException {
    try (FileChannel channel = FileChannel.open(tree(number).resolve(file))) {
      long position = offset;
      for (ByteBuffer bytes : read) {
        ByteBuffer expected = ByteBuffer.allocate(bytes.remaining());
        while (expected.hasRemaining()) {
          if (channel.read(expected, position + expected.position()) < 0) {
            throw new AssertionError(file + " of " + archive(number) + " has too many bytes");
          }
        }
        if (!expected.flip().equals(bytes)) {
          throw new AssertionError(
              file + " of " + archive(number) + " differs in the piece from byte " + position);
        }
        position += bytes.remaining();
      }
    }
  }

  /** As above, of what an entry says. */
  void check(int number, Entry entry) throws IOException {
    Path file = tree(number).resolve(entry.getPath());
    if (entry.getType() == EntryType.ENTRY_TYPE_FILE && Files.size(file) != entry.getSize()) {
      throw new AssertionError(entry + " of " + archive(number) + " is not as its file");
    }
  }
}
