package io.packhouse.engine.share;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Finds the anchors of contents: bytes of two neighbouring values, one in 128 of what is compressed
 * inside, and a hash of them with the bytes that follow.
 *
 * <p>A rolling hash looks at every byte one after the other. Here eight are compared at once, in a
 * register: {@code (x - 01..01) & ~x & 80..80} is not zero exactly where a byte of {@code x} is (H.
 * Warren, Hacker's Delight, 6-1). The words are copied into an array piece by piece, since loops
 * over arrays are what the first compiler makes fast code of; the command runs with no other.
 *
 * <p>Deterministic, and the same on machines of either byte order. One thread at a time.
 */
public final class AnchorScanner {
  /** Bytes that a hash is of. */
  static final int WINDOW = 32;

  /** Anchors lie no closer, whatever the contents: this bounds their number. */
  static final int LEAST_GAP = 32;

  /** Of each value in text as well: z and the opening brace. */
  private static final int VALUE = 0x7A;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long MASKS = 0xFEFEFEFEFEFEFEFEL;
  private static final long VALUES = VALUE * ONES;

  /** 2^64 divided by the golden ratio, odd (Knuth, volume 3, 6.4). */
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private static final int PIECE_WORDS = 4096;
  private static final int WINDOW_WORDS = WINDOW / Long.BYTES;
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A piece, and the words behind it that hashes of its last bytes need. */
  private final long[] words = new long[PIECE_WORDS + WINDOW_WORDS + 1];

  /**
   * Adds the anchors of {@code slot[from, to)}.
   *
   * @param slot has eight more bytes behind {@code to}, whatever they are
   */
  public void scan(MemorySegment slot, int from, int to, Anchors into) {
    int end = to - WINDOW + 1;
    int next = from;
    for (int at = from; at < end; at += PIECE_WORDS * Long.BYTES) {
      int count = Math.min(PIECE_WORDS, (end - at + Long.BYTES - 1) / Long.BYTES);
      long room = (slot.byteSize() - at) / Long.BYTES;
      MemorySegment.copy(slot, WORD, at, words, 0, (int) Math.min(count + WINDOW_WORDS + 1L, room));
      next = scanWords(at, count, next, end, into);
    }
  }

  /** Returns from where on the next anchor may lie. */
  private int scanWords(int start, int count, int from, int end, Anchors into) {
    long[] of = words;
    int next = from;
    for (int i = 0; i < count; i += 2) {
      long x = (of[i] & MASKS) ^ VALUES;
      long y = (of[i + 1] & MASKS) ^ VALUES;
      long zeros = (x - ONES) & ~x & HIGH_BITS;
      long zerosBehind = (y - ONES) & ~y & HIGH_BITS;
      if ((zeros | zerosBehind) != 0) {
        int at = start + i * Long.BYTES;
        if (zeros != 0 && next < at + Long.BYTES) {
          next = anchor(i, x, zeros, at, next, end, into);
        }
        if (zerosBehind != 0 && next < at + 2 * Long.BYTES) {
          next = anchor(i + 1, y, zerosBehind, at + Long.BYTES, next, end, into);
        }
      }
    }
    return next;
  }

  /**
   * Adds the first anchor of a word, which has no second. Above a byte that is zero the expression
   * may be wrong, so others are looked at again.
   */
  private int anchor(int word, long x, long zeros, int start, int from, int end, Anchors into) {
    for (long left = zeros; left != 0; left &= left - 1) {
      // No count of trailing zeros: to the first compiler that is a call.
      int bit = (int) left == 0 ? 32 : 0;
      bit += ((left >>> bit) & 0xFFFF) == 0 ? 16 : 0;
      bit += ((left >>> bit) & 0xFF) == 0 ? 8 : 0;
      int at = start + (bit >>> 3);
      if (at >= from && at < end && ((x >>> bit) & 0xFF) == 0) {
        into.add(at, hash(word, bit));
        return at + LEAST_GAP;
      }
    }
    return from;
  }

  /** The hash of the bytes from that bit of that word on. */
  private long hash(int word, int bit) {
    long[] of = words;
    long hash = 0;
    long low = of[word] >>> bit;
    for (int i = word + 1; i <= word + WINDOW_WORDS; i++) {
      long high = of[i];
      // A shift by 64 is none in Java, so in two steps.
      long bytes = low | ((high << 1) << (Long.SIZE - 1 - bit));
      hash = (((hash << 29) | (hash >>> 35)) ^ bytes) * MULTIPLIER;
      low = high >>> bit;
    }
    return hash ^ (hash >>> 32);
  }
}
