package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Packs a synthetic tree of very many small files: does memory stay within its bound, and does the
 * time per file stay flat?
 */
final class MillionFiles {
  private static final int FILES_PER_DIRECTORY = 1_000;
  private static final int LEAST_LENGTH = 200;
  private static final int MOST_LENGTH = 2_000;
  private static final int WORDS = 4_096;

  private final Shell shell;
  private final ProcessMeter meter;
  private final Path work;
  private final PrintStream out;

  MillionFiles(Shell shell, ProcessMeter meter, Path work, PrintStream out) {
    this.shell = shell;
    this.meter = meter;
    this.work = work;
    this.out = out;
  }

  /**
   * Makes the tree, packs it once for the page cache and once for the clock, and removes it.
   *
   * @return 0, or 1 if the pack failed
   */
  int run(int files) throws IOException, InterruptedException {
    Path tree = work.resolve("million");
    Path archive = work.resolve("million.pkh");
    shell.removeAndSync(tree);
    try {
      long started = System.nanoTime();
      long bytes = generate(tree, files);
      out.printf(
          Locale.ROOT,
          "tree: %,d files, %.1f MB, made in %.1f s%n",
          files,
          bytes / 1e6,
          (System.nanoTime() - started) / 1e9);
      for (String which : List.of("first", "second")) {
        shell.removeAndSync(archive);
        Usage usage =
            meter.run(
                "exec \"$PACKHOUSE\" pack \"$1\" \"$2\"",
                List.of(tree.toString(), archive.toString()));
        if (usage.exitCode() != 0) {
          out.println("pack failed, code " + usage.exitCode() + ": " + usage.complaint());
          return 1;
        }
        long length = Files.size(archive);
        out.printf(
            Locale.ROOT,
            "%s pack: wall %.2f s (%.2f µs a file), CPU %.2f s, peak %.1f MiB,"
                + " archive %.1f MB, %.1f bytes an entry%n",
            which,
            usage.wallNanos() / 1e9,
            usage.wallNanos() / 1e3 / files,
            usage.cpuNanos() / 1e9,
            usage.peakBytes() / 1048576.0,
            length / 1e6,
            (double) length / files);
      }
      return 0;
    } finally {
      shell.removeAndSync(tree);
      Files.deleteIfExists(archive);
    }
  }

  /** Makes the tree: the same for the same number of files. Returns the bytes in the files. */
  static long generate(Path tree, int files) throws IOException {
    String[] words = words();
    int directories = (files + FILES_PER_DIRECTORY - 1) / FILES_PER_DIRECTORY;
    Files.createDirectories(tree);
    return IntStream.range(0, directories)
        .parallel()
        .mapToLong(
            directory -> {
              int first = directory * FILES_PER_DIRECTORY;
              int count = Math.min(FILES_PER_DIRECTORY, files - first);
              try {
                return generateDirectory(tree, directory, count, words);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .sum();
  }

  private static long generateDirectory(Path tree, int ordinal, int files, String[] words)
      throws IOException {
    SplittableRandom random = new SplittableRandom(ordinal);
    Path directory =
        Files.createDirectory(tree.resolve(String.format(Locale.ROOT, "group-%05d", ordinal)));
    long bytes = 0;
    for (int file = 0; file < files; file++) {
      byte[] contents = contents(random, words);
      Files.write(
          directory.resolve(String.format(Locale.ROOT, "artifact-%04d.pom", file)), contents);
      bytes += contents.length;
    }
    return bytes;
  }

  /** Text that compresses about as well as small package metadata does. */
  private static byte[] contents(SplittableRandom random, String[] words) {
    int length = random.nextInt(LEAST_LENGTH, MOST_LENGTH + 1);
    StringBuilder text = new StringBuilder(length + 64);
    while (text.length() < length) {
      String tag = words[random.nextInt(32)];
      text.append("  <").append(tag).append('>');
      text.append(words[random.nextInt(words.length)]).append('-').append(random.nextInt(100));
      text.append("</").append(tag).append(">\n");
    }
    return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
  }

  private static String[] words() {
    SplittableRandom random = new SplittableRandom(1);
    String[] words = new String[WORDS];
    for (int i = 0; i < words.length; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = random.nextInt(4, 12); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.toString();
    }
    return words;
  }
}
