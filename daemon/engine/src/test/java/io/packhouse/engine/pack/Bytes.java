package io.packhouse.engine.pack;

import java.util.Arrays;
import java.util.Random;

/** Contents for tests. */
final class Bytes {
  private static final String[] WORDS = {
    "import ", "class ", "return ", "final ", "package ", "\n", "(", ");\n", "{\n", "}\n", "  "
  };

  private Bytes() {}

  /** Does not compress. */
  static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Compresses well. */
  static byte[] text(long seed, int length) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(length + 16);
    while (text.length() < length) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return Arrays.copyOf(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8), length);
  }

  /** Compresses a little, as a jar does: mostly random, with text at the end. */
  static byte[] packageLike(long seed, int length) {
    byte[] bytes = random(seed, length);
    byte[] end = text(seed, length / 6);
    System.arraycopy(end, 0, bytes, length - end.length, end.length);
    return bytes;
  }
}
