package io.packhouse.engine.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * zstd frames (RFC 8878) of int32 that ascend from 0 by the same step, as the offsets of a column
 * do whose texts are of one length. zstd makes a byte or two of each number; these frames take 12
 * bytes for all numbers that differ in their lowest byte alone.
 *
 * <p>The lowest bytes repeat with a period of at most 256 numbers, and the upper two change rarely.
 * So after the first period each number is a literal, its second byte, and a match of three a
 * period before: its upper bytes and the lowest of the next number. A block has the numbers whose
 * second byte is the same: one literal, so many times, and so many sequences that do not differ,
 * none of which takes a bit.
 *
 * <pre>
 * frame     magic, descriptor, content size of 4 bytes
 *           raw block: a period of numbers, and the lowest byte of the next
 *           blocks of sequences; the first has one, which names the distance, others repeat it
 *           raw block where the third byte is not what it was a period before
 *           raw block: the last number's upper bytes
 * </pre>
 */
final class StepFrame {
  /** Of larger steps too few numbers differ in their lowest byte alone. */
  static final int MAX_STEP = 16;

  /** Fewer numbers are little but the raw blocks. */
  static final int MIN_COUNT = 2048;

  private static final int MAX_COUNT = 1 << 17;

  private static final int MAGIC = 0xFD2FB528;

  /** One segment, content size of 4 bytes. */
  private static final byte DESCRIPTOR = (byte) 0xA0;

  private static final int HEADER_LENGTH = 9;
  private static final int BLOCK_HEADER_LENGTH = 3;
  private static final int RAW_BLOCK = 0;
  private static final int COMPRESSED_BLOCK = 2;

  private static final int RLE_LITERALS = 1;
  private static final int LITERALS_OF_12_BITS = 1 << 2;

  /** Three tables of one code each: of literal lengths, of offsets, of match lengths. */
  private static final byte RLE_TABLES = 0b01_01_01_00;

  private static final byte LITERAL_LENGTH_1 = 1;
  private static final byte MATCH_LENGTH_3 = 0;
  private static final byte OFFSET_AS_BEFORE = 0;

  /** Offsets 1 to 3 say to repeat one. */
  private static final int REPEATED_OFFSETS = 3;

  private static final int MAX_BLOCK_LENGTH = 16;

  private final int step;
  private final int count;
  private final int period;
  private final ByteBuffer out;
  private boolean distanceKnown;

  private StepFrame(int step, int count) {
    this.step = step;
    this.count = count;
    period = 256 >> Math.min(8, Integer.numberOfTrailingZeros(step));
    // Every number raw or in a block of its own would be the worst.
    out =
        ByteBuffer.allocate(HEADER_LENGTH + (Integer.BYTES + MAX_BLOCK_LENGTH) * count)
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether numbers are steps and enough of them for a frame of this kind. */
  static boolean isFor(int step, int count) {
    return step > 0 && step <= MAX_STEP && count >= MIN_COUNT && count <= MAX_COUNT;
  }

  /**
   * Makes the frame of 0, {@code step}, 2 {@code step}, …
   *
   * @param count of numbers; {@link #isFor} them
   */
  static byte[] encode(int step, int count) {
    if (!isFor(step, count)) {
      throw new IllegalArgumentException("no frame of steps, step=" + step + ", count=" + count);
    }
    return new StepFrame(step, count).encode();
  }

  private byte[] encode() {
    out.putInt(MAGIC).put(DESCRIPTOR).putInt(Integer.BYTES * count);
    // From here on what is written ends after the lowest byte of a number, `row`.
    raw(0, Integer.BYTES * period + 1, false);
    int row = period;
    while (row < count - 1) {
      int end = row + 1;
      if (upper(row) == upper(row - period)) {
        while (end < count - 1 && ((end * step) >> 8) == ((row * step) >> 8)) {
          end++;
        }
        if (!distanceKnown) {
          end = row + 1;
        }
        sequences(end - row, (byte) ((row * step) >> 8));
      } else {
        while (end < count - 1 && upper(end) != upper(end - period)) {
          end++;
        }
        raw(Integer.BYTES * row + 1, Integer.BYTES * end + 1, false);
      }
      row = end;
    }
    raw(Integer.BYTES * row + 1, Integer.BYTES * count, true);
    return Arrays.copyOf(out.array(), out.position());
  }

  private int upper(int row) {
    return (row * step) >> 16;
  }

  /** A block of bytes {@code [from, to)} as they are. */
  private void raw(int from, int to, boolean last) {
    blockHeader(RAW_BLOCK, to - from, last);
    for (int i = from; i < to; i++) {
      out.put((byte) (((i >> 2) * step) >> (8 * (i & 3))));
    }
  }

  /** A block of literals that are all {@code literal}, each with a match of three after it. */
  private void sequences(int sequences, byte literal) {
    int start = out.position();
    out.position(start + BLOCK_HEADER_LENGTH);
    out.putShort((short) (RLE_LITERALS | LITERALS_OF_12_BITS | sequences << 4)).put(literal);
    if (sequences < 128) {
      out.put((byte) sequences);
    } else {
      out.put((byte) (128 | sequences >> 8)).put((byte) sequences);
    }
    out.put(RLE_TABLES).put(LITERAL_LENGTH_1);
    if (distanceKnown) {
      // Codes without extra bits, tables without a choice: no bits but the one that ends them.
      out.put(OFFSET_AS_BEFORE).put(MATCH_LENGTH_3).put((byte) 1);
    } else {
      int offset = Integer.BYTES * period + REPEATED_OFFSETS;
      int code = 31 - Integer.numberOfLeadingZeros(offset); // and so many bits, below the end mark
      out.put((byte) code).put(MATCH_LENGTH_3);
      int bits = offset; // its highest bit is the end mark
      for (int left = code + 1; left > 0; left -= 8) {
        out.put((byte) bits);
        bits >>= 8;
      }
      distanceKnown = true;
    }
    int end = out.position();
    out.position(start);
    blockHeader(COMPRESSED_BLOCK, end - start - BLOCK_HEADER_LENGTH, false);
    out.position(end);
  }

  private void blockHeader(int type, int length, boolean last) {
    int header = length << 3 | type << 1 | (last ? 1 : 0);
    out.putShort((short) header).put((byte) (header >> 16));
  }
}
