package io.packhouse.engine.codec.blake3;

import static java.lang.Integer.rotateRight;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * BLAKE3's compression in Java, for platforms without a native library.
 *
 * <p>The seven rounds are a loop over renamed locals, not unrolled: a method over 8,000 bytecodes
 * is never compiled by HotSpot, and the unrolled one is.
 */
final class JavaKernel implements Kernel {

  /** The initial value: SHA-256's, the fractional parts of the square roots of 2 to 19. */
  static final int IV0 = 0x6A09E667;

  static final int IV1 = 0xBB67AE85;
  static final int IV2 = 0x3C6EF372;
  static final int IV3 = 0xA54FF53A;
  static final int IV4 = 0x510E527F;
  static final int IV5 = 0x9B05688C;
  static final int IV6 = 0x1F83D9AB;
  static final int IV7 = 0x5BE0CD19;

  private static final int ROUNDS = 7;

  /** Words are little-endian on every platform. */
  static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int[] cv = new int[8];

  @Override
  public boolean isWide() {
    return false;
  }

  @Override
  public void hashMany(
      MemorySegment source,
      long base,
      long[] offsets,
      int count,
      int blocks,
      long counter,
      boolean increment,
      int flags,
      int startFlags,
      int endFlags,
      MemorySegment out,
      long outOffset) {
    int[] words = cv;
    for (int i = 0; i < count; i++) {
      words[0] = IV0;
      words[1] = IV1;
      words[2] = IV2;
      words[3] = IV3;
      words[4] = IV4;
      words[5] = IV5;
      words[6] = IV6;
      words[7] = IV7;
      long position = base + offsets[i];
      int blockFlags = flags | startFlags;
      for (int block = 0; block < blocks; block++, position += BLOCK_LENGTH) {
        if (block == blocks - 1) {
          blockFlags |= endFlags;
        }
        compress(words, source, position, BLOCK_LENGTH, counter, blockFlags);
        blockFlags = flags;
      }
      for (int w = 0; w < 8; w++) {
        out.set(WORD, outOffset + 32L * i + 4L * w, words[w]);
      }
      if (increment) {
        counter++;
      }
    }
  }

  @Override
  public void compress(
      MemorySegment cvSegment,
      long cvOffset,
      MemorySegment block,
      long blockOffset,
      int blockLength,
      long counter,
      int flags) {
    int[] words = cv;
    for (int w = 0; w < 8; w++) {
      words[w] = cvSegment.get(WORD, cvOffset + 4L * w);
    }
    compress(words, block, blockOffset, blockLength, counter, flags);
    for (int w = 0; w < 8; w++) {
      cvSegment.set(WORD, cvOffset + 4L * w, words[w]);
    }
  }

  private static void compress(
      int[] cv, MemorySegment block, long at, int length, long counter, int flags) {
    int m0 = block.get(WORD, at);
    int m1 = block.get(WORD, at + 4);
    int m2 = block.get(WORD, at + 8);
    int m3 = block.get(WORD, at + 12);
    int m4 = block.get(WORD, at + 16);
    int m5 = block.get(WORD, at + 20);
    int m6 = block.get(WORD, at + 24);
    int m7 = block.get(WORD, at + 28);
    int m8 = block.get(WORD, at + 32);
    int m9 = block.get(WORD, at + 36);
    int m10 = block.get(WORD, at + 40);
    int m11 = block.get(WORD, at + 44);
    int m12 = block.get(WORD, at + 48);
    int m13 = block.get(WORD, at + 52);
    int m14 = block.get(WORD, at + 56);
    int m15 = block.get(WORD, at + 60);
    int v0 = cv[0];
    int v1 = cv[1];
    int v2 = cv[2];
    int v3 = cv[3];
    int v4 = cv[4];
    int v5 = cv[5];
    int v6 = cv[6];
    int v7 = cv[7];
    int v8 = IV0;
    int v9 = IV1;
    int v10 = IV2;
    int v11 = IV3;
    int v12 = (int) counter;
    int v13 = (int) (counter >>> 32);
    int v14 = length;
    int v15 = flags;
    for (int round = 0; ; round++) {
      // Columns.
      v0 += v4 + m0;
      v12 = rotateRight(v12 ^ v0, 16);
      v8 += v12;
      v4 = rotateRight(v4 ^ v8, 12);
      v0 += v4 + m1;
      v12 = rotateRight(v12 ^ v0, 8);
      v8 += v12;
      v4 = rotateRight(v4 ^ v8, 7);
      v1 += v5 + m2;
      v13 = rotateRight(v13 ^ v1, 16);
      v9 += v13;
      v5 = rotateRight(v5 ^ v9, 12);
      v1 += v5 + m3;
      v13 = rotateRight(v13 ^ v1, 8);
      v9 += v13;
      v5 = rotateRight(v5 ^ v9, 7);
      v2 += v6 + m4;
      v14 = rotateRight(v14 ^ v2, 16);
      v10 += v14;
      v6 = rotateRight(v6 ^ v10, 12);
      v2 += v6 + m5;
      v14 = rotateRight(v14 ^ v2, 8);
      v10 += v14;
      v6 = rotateRight(v6 ^ v10, 7);
      v3 += v7 + m6;
      v15 = rotateRight(v15 ^ v3, 16);
      v11 += v15;
      v7 = rotateRight(v7 ^ v11, 12);
      v3 += v7 + m7;
      v15 = rotateRight(v15 ^ v3, 8);
      v11 += v15;
      v7 = rotateRight(v7 ^ v11, 7);
      // Diagonals.
      v0 += v5 + m8;
      v15 = rotateRight(v15 ^ v0, 16);
      v10 += v15;
      v5 = rotateRight(v5 ^ v10, 12);
      v0 += v5 + m9;
      v15 = rotateRight(v15 ^ v0, 8);
      v10 += v15;
      v5 = rotateRight(v5 ^ v10, 7);
      v1 += v6 + m10;
      v12 = rotateRight(v12 ^ v1, 16);
      v11 += v12;
      v6 = rotateRight(v6 ^ v11, 12);
      v1 += v6 + m11;
      v12 = rotateRight(v12 ^ v1, 8);
      v11 += v12;
      v6 = rotateRight(v6 ^ v11, 7);
      v2 += v7 + m12;
      v13 = rotateRight(v13 ^ v2, 16);
      v8 += v13;
      v7 = rotateRight(v7 ^ v8, 12);
      v2 += v7 + m13;
      v13 = rotateRight(v13 ^ v2, 8);
      v8 += v13;
      v7 = rotateRight(v7 ^ v8, 7);
      v3 += v4 + m14;
      v14 = rotateRight(v14 ^ v3, 16);
      v9 += v14;
      v4 = rotateRight(v4 ^ v9, 12);
      v3 += v4 + m15;
      v14 = rotateRight(v14 ^ v3, 8);
      v9 += v14;
      v4 = rotateRight(v4 ^ v9, 7);
      if (round == ROUNDS - 1) {
        break;
      }
      // The message permutation, BLAKE3 paper, table 2: word i becomes word P(i), cycle by cycle.
      int saved = m0;
      m0 = m2;
      m2 = m3;
      m3 = m10;
      m10 = m12;
      m12 = m9;
      m9 = m11;
      m11 = m5;
      m5 = saved;
      saved = m1;
      m1 = m6;
      m6 = m4;
      m4 = m7;
      m7 = m13;
      m13 = m14;
      m14 = m15;
      m15 = m8;
      m8 = saved;
    }
    cv[0] = v0 ^ v8;
    cv[1] = v1 ^ v9;
    cv[2] = v2 ^ v10;
    cv[3] = v3 ^ v11;
    cv[4] = v4 ^ v12;
    cv[5] = v5 ^ v13;
    cv[6] = v6 ^ v14;
    cv[7] = v7 ^ v15;
  }
}
