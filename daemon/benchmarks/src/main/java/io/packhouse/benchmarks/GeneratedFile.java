package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Makes big files of words in random order: they compress as text does, and do not repeat. Safe for
 * concurrent use.
 */
final class GeneratedFile {
  private static final int BLOCK = 1 << 20;
  private static final int WORD_BITS = 12;
  private static final int WORD_MASK = (1 << WORD_BITS) - 1;
  private static final int WORDS_A_NUMBER = Long.SIZE / WORD_BITS;

  /** Room of each word in {@link #words}; words are shorter and end with a space. */
  private static final int STRIDE = 16;

  private final byte[] words = new byte[STRIDE << WORD_BITS];
  private final byte[] lengths = new byte[1 << WORD_BITS];
  private final long seed;

  /** Makes up the words. */
  GeneratedFile(long seed) {
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    for (int word = 0; word < lengths.length; word++) {
      StringBuilder letters = new StringBuilder();
      for (int length = random.nextInt(3, 13); length > 0; length--) {
        letters.append((char) ('a' + random.nextInt(26)));
      }
      letters.append(word % 16 == 0 ? '\n' : ' ');
      byte[] bytes = letters.toString().getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(bytes, 0, words, word * STRIDE, bytes.length);
      lengths[word] = (byte) bytes.length;
    }
  }

  /**
   * Writes a file, on all cores; its bytes depend on the seed and the length alone.
   *
   * @param file is not there yet
   */
  void write(Path file, long length) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      LongStream.range(0, (length + BLOCK - 1) / BLOCK)
          .parallel()
          .forEach(
              block -> {
                long offset = block * BLOCK;
                write(channel, block(block), offset, (int) Math.min(BLOCK, length - offset));
              });
    } catch (UncheckedIOException e) {
      throw new IOException("cannot make the file " + file, e);
    }
  }

  private static void write(FileChannel channel, byte[] block, long offset, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(block, 0, length);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer, offset + buffer.position());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Text of a whole block. */
  byte[] block(long ordinal) {
    SplittableRandom random = new SplittableRandom(seed ^ ordinal * 0x9e3779b97f4a7c15L);
    // Words are copied with all their room, the next one over what is too much.
    byte[] block = new byte[BLOCK + WORDS_A_NUMBER * STRIDE];
    int position = 0;
    while (position < BLOCK) {
      long bits = random.nextLong();
      for (int i = 0; i < WORDS_A_NUMBER; i++) {
        int word = (int) bits & WORD_MASK;
        System.arraycopy(words, word * STRIDE, block, position, STRIDE);
        position += lengths[word];
        bits >>>= WORD_BITS;
      }
    }
    return block;
  }
}
