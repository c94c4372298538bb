package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds members of a zip by a scan of its central directory, which costs neither an object nor a
 * read for those that do not match.
 *
 * <pre>
 * [prefix] members … central directory  [zip64 end, locator]  end of central directory  [comment]
 *
 * end        0 "PK\5\6"   10 entries u16   12 size u32   16 offset u32   20 comment length u16
 * locator    0 "PK\6\7"    8 offset of zip64 end u64                             20 bytes long
 * zip64 end  0 "PK\6\6"   32 entries u64   40 size u64   48 offset u64           56 bytes or more
 * entry      0 "PK\1\2"    8 flags u16  10 method u16  16 crc u32  20 packed size u32  24 size u32
 *           28 name length u16  30 extra length u16  32 comment length u16  42 header offset u32
 *           46 name, extra, comment
 * </pre>
 *
 * <p>All little-endian (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3). Offsets count from the end of
 * the prefix, such as the script of an executable jar. A directory that only fits a prefix is
 * refused where the file itself begins as a zip: it is that of a stored zip within a truncated one.
 */
final class CentralDirectory {

  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int ENTRY_LENGTH = 46;
  private static final int END_LENGTH = 22;
  private static final int LOCATOR_LENGTH = 20;
  private static final int END64_LENGTH = 56;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final long UNKNOWN = 0xFFFF_FFFFL;
  private static final int ZIP64_EXTRA = 1;

  /** A directory larger than this is refused: 700,000 entries at 96 bytes. */
  private static final long MAX_SIZE = 64L << 20;

  /**
   * How much of the directory is looked at in one piece; holds the longest entry but its comment.
   */
  private static final int WINDOW = 256 << 10;

  /** The first guess of where the end is: nearly no zip has a comment. */
  private static final int FIRST_TAIL = 1024;

  private final PackageFile file;
  private final long prefix;
  private final long offset;
  private final long end;
  private final long entries;

  private CentralDirectory(PackageFile file, long prefix, long offset, long end, long entries) {
    this.file = file;
    this.prefix = prefix;
    this.offset = offset;
    this.end = end;
    this.entries = entries;
  }

  /**
   * Finds the directory of a zip.
   *
   * @throws ExtractionException where there is none, or not within the file, or it is too large
   */
  static CentralDirectory locate(PackageFile file) throws ExtractionException, IOException {
    long endAt = findEnd(file, FIRST_TAIL);
    if (endAt < 0) {
      endAt = findEnd(file, END_LENGTH + MAX_COMMENT);
    }
    if (endAt < 0) {
      throw new ExtractionException("not a zip, or truncated: no end of central directory");
    }
    ByteBuffer record = slice(file, endAt, END_LENGTH);
    long entries = Short.toUnsignedLong(record.getShort(10));
    long size = Integer.toUnsignedLong(record.getInt(12));
    long stated = Integer.toUnsignedLong(record.getInt(16));
    long directoryEnd = endAt;
    long end64At = findEnd64(file, endAt, stated == UNKNOWN || size == UNKNOWN);
    if (end64At >= 0) {
      ByteBuffer record64 = slice(file, end64At, END64_LENGTH);
      entries = record64.getLong(32);
      size = record64.getLong(40);
      stated = record64.getLong(48);
      directoryEnd = end64At;
    }
    if (size < 0 || size > directoryEnd) {
      throw new ExtractionException("central directory begins before the file, size " + size);
    }
    if (size > MAX_SIZE) {
      throw new ExtractionException(
          "central directory is larger than the limit of " + MAX_SIZE + " bytes: " + size);
    }
    long offset = directoryEnd - size;
    long prefix = offset - stated;
    if (stated < 0 || prefix < 0 || (prefix > 0 && beginsAsZip(file))) {
      throw new ExtractionException(
          "central directory is not where it is said to be: at " + offset + ", said " + stated);
    }
    return new CentralDirectory(file, prefix, offset, directoryEnd, entries);
  }

  /**
   * The members whose names begin with {@code head}, end with {@code tail}, and are at most {@code
   * maxName} bytes long; in the directory's order, all entries having been looked at.
   *
   * @param maxFound how many are taken at most
   * @throws ExtractionException where the directory is damaged, or has more entries than the limit,
   *     or more members are found
   */
  List<ZipMember> find(byte[] head, byte[] tail, int maxName, int maxFound, ExtractionLimits limits)
      throws ExtractionException, IOException {
    List<ZipMember> found = new ArrayList<>();
    long windowAt = offset;
    ByteBuffer window = slice(file, offset, (int) Math.min(WINDOW, end - offset));
    long seen = 0;
    for (long at = offset; at < end; seen++) {
      if (seen == limits.maxEntries()) {
        throw new ExtractionException("zip has more entries than the limit of " + seen);
      }
      if (end - at < ENTRY_LENGTH) {
        throw new ExtractionException("central directory is damaged: cut entry at " + at);
      }
      if (at + ENTRY_LENGTH > windowAt + window.limit()) {
        windowAt = at;
        window = slice(file, at, (int) Math.min(WINDOW, end - at));
      }
      int entry = (int) (at - windowAt);
      if (window.getInt(entry) != ENTRY_SIGNATURE) {
        throw new ExtractionException("central directory is damaged: no entry at " + at);
      }
      int nameLength = Short.toUnsignedInt(window.getShort(entry + 28));
      int extraLength = Short.toUnsignedInt(window.getShort(entry + 30));
      int commentLength = Short.toUnsignedInt(window.getShort(entry + 32));
      long next = at + ENTRY_LENGTH + nameLength + extraLength + commentLength;
      if (next > end) {
        throw new ExtractionException("central directory is damaged: cut entry at " + at);
      }
      if (at + ENTRY_LENGTH + nameLength + extraLength > windowAt + window.limit()) {
        windowAt = at;
        window = slice(file, at, (int) Math.min(WINDOW, end - at));
        entry = 0;
      }
      int name = entry + ENTRY_LENGTH;
      if (nameLength >= head.length + tail.length
          && nameLength <= maxName
          && has(window, name, head)
          && has(window, name + nameLength - tail.length, tail)) {
        if (found.size() == maxFound) {
          throw new ExtractionException("zip has more than " + maxFound + " such members");
        }
        found.add(member(window, entry, nameLength, extraLength));
      }
      at = next;
    }
    // Some writers let the count of 16 bits wrap rather than use zip64.
    if ((short) seen != (short) entries) {
      throw new ExtractionException(
          "central directory is damaged: expected " + entries + " entries, found " + seen);
    }
    return found;
  }

  private ZipMember member(ByteBuffer window, int entry, int nameLength, int extraLength)
      throws ExtractionException {
    byte[] name = new byte[nameLength];
    window.get(entry + ENTRY_LENGTH, name);
    long packedSize = Integer.toUnsignedLong(window.getInt(entry + 20));
    long size = Integer.toUnsignedLong(window.getInt(entry + 24));
    long header = Integer.toUnsignedLong(window.getInt(entry + 42));
    int field = entry + ENTRY_LENGTH + nameLength;
    for (int end = field + extraLength; end - field >= 4; ) {
      int id = Short.toUnsignedInt(window.getShort(field));
      int length = Short.toUnsignedInt(window.getShort(field + 2));
      int value = field + 4;
      field = value + length;
      if (id != ZIP64_EXTRA || field > end) {
        continue;
      }
      // The field holds, in this order, only those values that are unknown in the entry.
      if (size == UNKNOWN && field - value >= 8) {
        size = window.getLong(value);
        value += 8;
      }
      if (packedSize == UNKNOWN && field - value >= 8) {
        packedSize = window.getLong(value);
        value += 8;
      }
      if (header == UNKNOWN && field - value >= 8) {
        header = window.getLong(value);
      }
    }
    if (size < 0 || packedSize < 0 || header < 0 || header > file.size()) {
      throw new ExtractionException("central directory is damaged: zip64 values out of range");
    }
    return new ZipMember(
        new String(name, StandardCharsets.UTF_8),
        Short.toUnsignedInt(window.getShort(entry + 8)),
        Short.toUnsignedInt(window.getShort(entry + 10)),
        window.getInt(entry + 16),
        packedSize,
        size,
        prefix + header);
  }

  /** Where the last end record within the last {@code length} bytes is, or -1. */
  private static long findEnd(PackageFile file, int length) throws IOException {
    int tailLength = (int) Math.min(length, file.size());
    long tailAt = file.size() - tailLength;
    ByteBuffer tail = slice(file, tailAt, tailLength);
    for (int at = tailLength - END_LENGTH; at >= 0; at--) {
      if (tail.get(at) == 'P'
          && tail.getInt(at) == END_SIGNATURE
          && at + END_LENGTH + Short.toUnsignedInt(tail.getShort(at + 20)) <= tailLength) {
        return tailAt + at;
      }
    }
    return -1;
  }

  /** Where the zip64 end record is, or -1 where there is none. */
  private static long findEnd64(PackageFile file, long endAt, boolean required)
      throws ExtractionException, IOException {
    long locatorAt = endAt - LOCATOR_LENGTH;
    if (locatorAt >= END64_LENGTH) {
      ByteBuffer locator = slice(file, locatorAt, LOCATOR_LENGTH);
      if (locator.getInt(0) == LOCATOR_SIGNATURE) {
        // Where it is said to be, or, after a prefix, right before its locator.
        long[] places = {locator.getLong(8), locatorAt - END64_LENGTH};
        for (long at : places) {
          if (at >= 0
              && at <= locatorAt - END64_LENGTH
              && slice(file, at, 4).getInt(0) == END64_SIGNATURE) {
            return at;
          }
        }
      }
    }
    if (required) {
      throw new ExtractionException("zip64 end of central directory is missing");
    }
    return -1;
  }

  private static boolean beginsAsZip(PackageFile file) throws IOException {
    return slice(file, 0, 4).getInt(0) == LOCAL_SIGNATURE;
  }

  private static boolean has(ByteBuffer window, int at, byte[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (window.get(at + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer slice(PackageFile file, long at, int length) throws IOException {
    return file.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
