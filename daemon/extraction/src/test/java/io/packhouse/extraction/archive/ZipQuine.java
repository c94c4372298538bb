package io.packhouse.extraction.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A zip whose one member is the zip itself. Its deflate stream is a program of two instructions of
 * equal length: <em>print</em> the bytes that follow, and <em>repeat</em> the last bytes printed.
 */
final class ZipQuine {

  private static final byte[] NAME = RawZip.name("quine.zip");

  /** Length of an instruction. */
  private static final int UNIT = 10;

  private ZipQuine() {}

  /** Solves for the CRC-32 that the zip has when it states it: CRC-32 is affine in any bits. */
  static byte[] bytes() {
    // Where no zip of one time states its own CRC-32, one of another does.
    for (int time = 0; time < 50; time++) {
      int constant = RawZip.crc(zip(time, 0));
      long[] rows = new long[32];
      for (int bit = 0; bit < 32; bit++) {
        int column = RawZip.crc(zip(time, 1 << bit)) ^ constant ^ (1 << bit);
        for (int row = 0; row < 32; row++) {
          rows[row] |= (long) (column >>> row & 1) << bit;
        }
      }
      for (int row = 0; row < 32; row++) {
        rows[row] |= (long) (constant >>> row & 1) << 32;
      }
      if (eliminated(rows)) {
        int crc = 0;
        for (int row = 0; row < 32; row++) {
          crc |= (int) (rows[row] >>> 32 & 1) << row;
        }
        return zip(time, crc);
      }
    }
    throw new AssertionError("no quine");
  }

  private static boolean eliminated(long[] rows) {
    for (int bit = 0; bit < 32; bit++) {
      int pivot = bit;
      while (pivot < 32 && (rows[pivot] >>> bit & 1) == 0) {
        pivot++;
      }
      if (pivot == 32) {
        return false;
      }
      long row = rows[pivot];
      rows[pivot] = rows[bit];
      rows[bit] = row;
      for (int other = 0; other < 32; other++) {
        if (other != bit && (rows[other] >>> bit & 1) != 0) {
          rows[other] ^= row;
        }
      }
    }
    return true;
  }

  private static byte[] zip(int time, int crc) {
    int headLength = 30 + NAME.length;
    int tailLength = 46 + NAME.length + 22;
    // The length does not depend on what is stated.
    return zip(time, crc, zip(0, 0, 0).length - headLength - tailLength);
  }

  private static byte[] zip(int time, int crc, int packed) {
    int headLength = 30 + NAME.length;
    int tailLength = 46 + NAME.length + 22;
    int size = headLength + packed + tailLength;
    byte[] head = new byte[headLength];
    ByteBuffer headBuffer = little(head).putInt(0x04034b50).putShort((short) 20);
    headBuffer.putShort((short) 0).putShort((short) 8).putShort((short) time).putShort((short) 33);
    headBuffer.putInt(crc).putInt(packed).putInt(size).putShort((short) NAME.length);
    headBuffer.put(30, NAME);
    byte[] tail = new byte[tailLength];
    ByteBuffer tailBuffer = little(tail).putInt(0x02014b50).putShort((short) 20);
    tailBuffer.put(head, 4, 26).put(46, NAME).position(46 + NAME.length);
    tailBuffer.putInt(0x06054b50).putInt(0).putShort((short) 1).putShort((short) 1);
    tailBuffer.putInt(46 + NAME.length).putInt(headLength + packed);

    byte[] printHead = print(headLength + UNIT);
    byte[] repeatHead = repeat(headLength + UNIT, false);
    byte[] print0 = print(0);
    byte[] print1 = print(UNIT);
    byte[] print4 = print(4 * UNIT);
    byte[] repeat4 = repeat(4 * UNIT, false);
    byte[] printTail = print(UNIT + tailLength);
    byte[] repeatTail = repeat(UNIT + tailLength, true);
    byte[][] program = {
      head,
      printHead,
      head,
      printHead,
      repeatHead,
      print1,
      repeatHead,
      print1,
      print1,
      print4,
      repeatHead,
      print1,
      print1,
      print4,
      repeat4,
      print4,
      repeat4,
      print4,
      repeat4,
      print4,
      repeat4,
      print4,
      repeat4,
      print0,
      print0,
      printTail,
      repeat4,
      print0,
      print0,
      printTail,
      repeatTail,
      tail,
      repeatTail,
      tail
    };
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : program) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  /** An empty stored block, which fills up the unit, and the header of one of this length. */
  private static byte[] print(int length) {
    byte[] bytes = new byte[UNIT];
    ByteBuffer print = little(bytes).put((byte) 0).putShort((short) 0).putShort((short) -1);
    print.put((byte) 0).putShort((short) length).putShort((short) ~length);
    return bytes;
  }

  /** A block of fixed codes with one match, blocks of none that fill up, an empty stored block. */
  private static byte[] repeat(int length, boolean last) {
    Bits bits = new Bits();
    bits.number(2, 3);
    int code = 257;
    int from = 3;
    int extra = 0;
    while (length >= from + (1 << extra)) {
      from += 1 << extra;
      code++;
      extra = code < 265 ? 0 : (code - 261) / 4;
    }
    if (code < 280) {
      bits.code(code - 256, 7);
    } else {
      bits.code(0xC0 + code - 280, 8);
    }
    bits.number(length - from, extra);
    int distance = 0;
    from = 1;
    extra = 0;
    while (length >= from + (1 << extra)) {
      from += 1 << extra;
      distance++;
      extra = distance < 4 ? 0 : distance / 2 - 1;
    }
    bits.code(distance, 5);
    bits.number(length - from, extra);
    bits.code(0, 7);
    int start = 8 * (UNIT - 5);
    while (bits.count + 3 <= start) {
      bits.number(2, 3);
      bits.code(0, 7);
    }
    bits.number(last ? 1 : 0, 3);
    if (bits.count > start + 8) {
      throw new AssertionError("no such repeat: " + length);
    }
    byte[] bytes = new byte[UNIT];
    little(bytes).putLong(bits.bits).putInt(UNIT - 4, 0xFFFF_0000);
    return bytes;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bits as deflate has them: numbers from the lowest bit, codes from the highest. */
  private static final class Bits {
    private long bits;
    private int count;

    void number(int value, int length) {
      bits |= (long) value << count;
      count += length;
    }

    void code(int value, int length) {
      for (int bit = length - 1; bit >= 0; bit--) {
        number(value >>> bit & 1, 1);
      }
    }
  }
}
