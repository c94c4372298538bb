package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes trees of very many small files of text, 1,000 in a directory, always the same ones. Safe
 * for concurrent use.
 */
public final class SyntheticTree {
  private static final int FILES_PER_DIRECTORY = 1_000;
  private static final int LEAST_LENGTH = 200;
  private static final int MOST_LENGTH = 2_000;
  private static final int WORDS = 4_096;
  private static final int TAGS = 32;

  private final String[] words = new String[WORDS];

  /** Makes up the words. */
  public SyntheticTree() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < words.length; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = random.nextInt(4, 12); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.toString();
    }
  }

  /**
   * Makes a tree, on all cores.
   *
   * @param tree a directory that is not there yet
   * @return bytes in the files
   */
  public long generate(Path tree, int files) throws IOException {
    return generate(tree, files, LEAST_LENGTH, MOST_LENGTH);
  }

  /**
   * Makes a tree, on all cores.
   *
   * @param tree a directory that is not there yet
   * @param leastLength of a file, in bytes
   * @param mostLength of a file, in bytes
   * @return bytes in the files
   */
  public long generate(Path tree, int files, int leastLength, int mostLength) throws IOException {
    int directories = (files + FILES_PER_DIRECTORY - 1) / FILES_PER_DIRECTORY;
    Files.createDirectories(tree);
    try {
      return IntStream.range(0, directories)
          .parallel()
          .mapToLong(
              ordinal -> {
                int first = ordinal * FILES_PER_DIRECTORY;
                int count = Math.min(FILES_PER_DIRECTORY, files - first);
                return directory(tree, ordinal, count, leastLength, mostLength);
              })
          .sum();
    } catch (UncheckedIOException e) {
      throw new IOException("cannot make the tree " + tree, e);
    }
  }

  private long directory(Path tree, int ordinal, int files, int leastLength, int mostLength) {
    SplittableRandom random = new SplittableRandom(ordinal);
    long bytes = 0;
    try {
      Path directory = tree.resolve(String.format(Locale.ROOT, "group-%05d", ordinal));
      Files.createDirectory(directory);
      for (int file = 0; file < files; file++) {
        byte[] contents = contents(random, random.nextInt(leastLength, mostLength + 1));
        String name = String.format(Locale.ROOT, "artifact-%04d.xml", file);
        Files.write(directory.resolve(name), contents);
        bytes += contents.length;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  /** Text of some length that compresses about as well as small package metadata does. */
  public byte[] contents(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder(length + 64);
    while (text.length() < length) {
      String tag = words[random.nextInt(TAGS)];
      text.append("  <").append(tag).append('>');
      text.append(words[random.nextInt(words.length)]).append('-').append(random.nextInt(100));
      text.append("</").append(tag).append(">\n");
    }
    return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
  }
}
