package io.packhouse.client;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The run from which the JVM's ahead-of-time cache is made: a small tree, packed, listed, verified
 * and extracted by the real command in one process, so that the cache holds the classes and the
 * profiles of all of them.
 */
final class AotTraining {
  private static final int SMALL_FILES = 600;
  private static final int BIG_FILE_BYTES = 3 << 20;

  private AotTraining() {}

  /**
   * Trains in a new directory.
   *
   * @param args the directory to create
   * @throws FileAlreadyExistsException if the directory exists
   */
  public static void main(String[] args) throws IOException {
    Path work = Files.createDirectory(Path.of(args[0]));
    Path tree = Files.createDirectory(work.resolve("tree"));
    writeTree(tree);
    String archive = work.resolve("tree.pkh").toString();

    int failures = 0;
    failures += run("--help");
    failures += run("pack", tree.toString(), archive);
    failures += run("ls", archive);
    failures += run("info", archive);
    failures += run("verify", archive);
    failures += run("cat", archive, "d0/small-0.txt");
    failures += run("extract", archive, work.resolve("out").toString());
    failures += run("diff", archive, tree.toString());
    System.exit(failures == 0 ? 0 : 1);
  }

  private static int run(String... args) throws IOException {
    int code = Main.run(args);
    if (code != 0) {
      System.err.println("training: packhouse " + String.join(" ", args) + " ended with " + code);
    }
    return code == 0 ? 0 : 1;
  }

  private static void writeTree(Path tree) throws IOException {
    SplittableRandom random = new SplittableRandom(25);
    for (int i = 0; i < SMALL_FILES; i++) {
      Path directory = Files.createDirectories(tree.resolve("d" + i % 20));
      Files.writeString(directory.resolve("small-" + i + ".txt"), text(random, 400 + i * 10));
    }
    byte[] noise = new byte[BIG_FILE_BYTES];
    random.nextBytes(noise);
    Files.write(tree.resolve("noise.bin"), noise);
    Files.write(tree.resolve("same-noise.bin"), noise);
    Files.writeString(tree.resolve("text.txt"), text(random, BIG_FILE_BYTES));
    Files.createFile(tree.resolve("empty"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("text.txt"));
  }

  private static String text(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder(length + 16);
    while (text.length() < length) {
      text.append(String.format(Locale.ROOT, "line %d\n", random.nextInt(5000)));
    }
    return text.toString();
  }
}
