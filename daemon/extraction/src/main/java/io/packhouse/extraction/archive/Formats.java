package io.packhouse.extraction.archive;

import io.packhouse.spi.ArchiveFormat;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells formats by first bytes. */
final class Formats {

  /** A record of tar, and more than any other format needs. */
  static final int HEAD = 512;

  private static final byte[][] ZIP = {{'P', 'K', 3, 4}, {'P', 'K', 5, 6}};
  private static final byte[] AR = "!<arch>\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CPIO = "07070".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] XZ = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
  private static final byte[] USTAR = "ustar".getBytes(StandardCharsets.US_ASCII);
  private static final int USTAR_AT = 257;
  private static final int CHECKSUM_AT = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int LZMA_HEADER = 13;
  private static final int LZMA_MAX_PROPERTIES = 225;

  private Formats() {}

  /**
   * The format of what begins with {@code head}.
   *
   * @param head {@link #HEAD} bytes, fewer where there are no more
   * @param path tells lzma
   */
  static @Nullable ArchiveFormat of(byte[] head, String path) {
    if (has(head, 0, ZIP[0]) || has(head, 0, ZIP[1])) {
      return ArchiveFormat.ZIP;
    } else if (has(head, 0, AR)) {
      return ArchiveFormat.AR;
    } else if (head.length >= 3 && head[0] == 0x1F && head[1] == (byte) 0x8B && head[2] == 8) {
      return ArchiveFormat.GZIP;
    } else if (has(head, 0, XZ)) {
      return ArchiveFormat.XZ;
    } else if (isZstd(head)) {
      return ArchiveFormat.ZSTD;
    } else if (isBzip2(head)) {
      return ArchiveFormat.BZIP2;
    } else if (isTar(head)) {
      return ArchiveFormat.TAR;
    } else if (isCpio(head)) {
      return ArchiveFormat.CPIO;
    } else if (isLzma(head, path)) {
      return ArchiveFormat.LZMA;
    }
    return null;
  }

  /** Whether it is the end of a tar, so that the tar has no members. */
  static boolean isEmptyTar(byte[] head) {
    if (head.length < HEAD) {
      return false;
    }
    for (byte b : head) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZstd(byte[] head) {
    // 0xFD2FB528, or 0x184D2A50 to 0x184D2A5F of a frame to skip, little-endian.
    return head.length >= 4
        && ((head[0] == 0x28 && head[1] == (byte) 0xB5 && head[2] == 0x2F && head[3] == (byte) 0xFD)
            || ((head[0] & 0xF0) == 0x50 && head[1] == 0x2A && head[2] == 0x4D && head[3] == 0x18));
  }

  private static boolean isBzip2(byte[] head) {
    return head.length >= 10
        && head[0] == 'B'
        && head[1] == 'Z'
        && head[2] == 'h'
        && head[3] >= '1'
        && head[3] <= '9'
        && (head[4] == 0x31 || head[4] == 0x17)
        && (head[5] == 0x41 || head[5] == 0x72);
  }

  private static boolean isTar(byte[] head) {
    if (head.length >= USTAR_AT + USTAR.length && has(head, USTAR_AT, USTAR)) {
      return true;
    }
    // The old form has no magic, but a sum over its header, in octal digits.
    if (head.length < HEAD || head[0] == 0) {
      return false;
    }
    int sum = CHECKSUM_LENGTH * ' ';
    for (int i = 0; i < HEAD; i++) {
      sum += i < CHECKSUM_AT || i >= CHECKSUM_AT + CHECKSUM_LENGTH ? head[i] & 0xFF : 0;
    }
    int stated = 0;
    int digits = 0;
    for (int i = CHECKSUM_AT; i < CHECKSUM_AT + CHECKSUM_LENGTH; i++) {
      if (head[i] >= '0' && head[i] <= '7') {
        stated = stated * 8 + head[i] - '0';
        digits++;
      } else if (digits > 0 || head[i] != ' ') {
        break;
      }
    }
    return digits > 0 && stated == sum;
  }

  private static boolean isCpio(byte[] head) {
    if (head.length >= 6 && has(head, 0, CPIO)) {
      return head[5] == '1' || head[5] == '2' || head[5] == '7';
    }
    // 26 bytes are the shortest header of the binary form.
    return head.length >= 26
        && ((head[0] == 0x71 && head[1] == (byte) 0xC7)
            || (head[0] == (byte) 0xC7 && head[1] == 0x71));
  }

  private static boolean isLzma(byte[] head, String path) {
    String name = path.toLowerCase(Locale.ROOT);
    return (name.endsWith(".lzma") || name.endsWith(".tlz"))
        && head.length >= LZMA_HEADER
        && (head[0] & 0xFF) < LZMA_MAX_PROPERTIES;
  }

  private static boolean has(byte[] head, int at, byte[] magic) {
    return head.length >= at + magic.length
        && java.util.Arrays.equals(head, at, at + magic.length, magic, 0, magic.length);
  }
}
