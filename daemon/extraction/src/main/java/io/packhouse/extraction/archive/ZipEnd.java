package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Where the central directory of a zip is, as its end says.
 *
 * <pre>
 * [prefix] members … central directory  [zip64 end, locator]  end of central directory  [comment]
 *
 * end        0 "PK\5\6"   10 entries u16   12 size u32   16 offset u32   20 comment length u16
 * locator    0 "PK\6\7"    8 offset of zip64 end u64                             20 bytes long
 * zip64 end  0 "PK\6\6"   32 entries u64   40 size u64   48 offset u64           56 bytes or more
 * </pre>
 *
 * <p>All little-endian (APPNOTE.TXT 6.3.10, section 4.3). Offsets count from the end of the prefix,
 * such as the script of an executable jar. A directory that only fits a prefix is refused where the
 * file itself begins as a zip: it is that of a stored zip within a truncated one. Of several end
 * records, such as one in a comment, the last one that leads to a directory counts.
 *
 * @param prefix bytes before the zip
 * @param offset of the directory, from the start of the file
 * @param end of the directory
 * @param entries as stated
 */
record ZipEnd(long prefix, long offset, long end, long entries) {

  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END_LENGTH = 22;
  private static final int LOCATOR_LENGTH = 20;
  private static final int END64_LENGTH = 56;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final long UNKNOWN = 0xFFFF_FFFFL;

  /** A directory larger than this is refused: 700,000 entries at 96 bytes. */
  private static final long MAX_SIZE = 64L << 20;

  /** The first guess of where the end is: nearly no zip has a comment. */
  private static final int FIRST_TAIL = 1024;

  /** So many end records are tried. */
  private static final int MAX_TRIED = 16;

  /**
   * Finds the directory of a zip.
   *
   * @throws ExtractionException where there is none, or not within the file, or it is too large
   */
  static ZipEnd locate(PackageFile file) throws ExtractionException, IOException {
    ExtractionException first = null;
    int tried = 0;
    for (int length : new int[] {FIRST_TAIL, END_LENGTH + MAX_COMMENT}) {
      int tailLength = (int) Math.min(length, file.size());
      long tailAt = file.size() - tailLength;
      ByteBuffer tail = slice(file, tailAt, tailLength);
      for (int at = tailLength - END_LENGTH; at >= 0 && tried < MAX_TRIED; at--) {
        if (tail.get(at) == 'P'
            && tail.getInt(at) == END_SIGNATURE
            && at + END_LENGTH + Short.toUnsignedInt(tail.getShort(at + 20)) <= tailLength) {
          tried++;
          try {
            return at(file, tailAt + at);
          } catch (ExtractionException e) {
            first = first == null ? e : first;
          }
        }
      }
    }
    throw first != null
        ? first
        : new ExtractionException("not a zip, or truncated: no end of central directory");
  }

  /** The directory by the end record at {@code endAt}. */
  private static ZipEnd at(PackageFile file, long endAt) throws ExtractionException, IOException {
    ByteBuffer record = slice(file, endAt, END_LENGTH);
    long entries = Short.toUnsignedLong(record.getShort(10));
    long size = Integer.toUnsignedLong(record.getInt(12));
    long stated = Integer.toUnsignedLong(record.getInt(16));
    long directoryEnd = endAt;
    ByteBuffer record64 = end64(file, endAt, stated == UNKNOWN || size == UNKNOWN);
    if (record64 != null) {
      entries = record64.getLong(32);
      size = record64.getLong(40);
      stated = record64.getLong(48);
      directoryEnd = endAt - LOCATOR_LENGTH - record64.limit();
    }
    if (size < 0 || size > directoryEnd) {
      throw new ExtractionException("central directory begins before the file, size " + size);
    }
    if (size > MAX_SIZE) {
      throw new ExtractionException(
          "central directory is larger than the limit of " + MAX_SIZE + " bytes: " + size);
    }
    if (entries < 0) {
      throw new ExtractionException("central directory has an impossible number of entries");
    }
    long offset = directoryEnd - size;
    long prefix = offset - stated;
    if (stated < 0 || prefix < 0 || (prefix > 0 && begins(file, 0, LOCAL_SIGNATURE))) {
      throw new ExtractionException(
          "central directory is not where it is said to be: at " + offset + ", said " + stated);
    }
    if (size > 0 && !begins(file, offset, ENTRY_SIGNATURE)) {
      throw new ExtractionException("central directory is damaged: no entry at " + offset);
    }
    return new ZipEnd(prefix, offset, directoryEnd, entries);
  }

  /** The zip64 end record up to its locator, or null where there is none. */
  private static @Nullable ByteBuffer end64(PackageFile file, long endAt, boolean required)
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
              && locatorAt - at <= MAX_COMMENT
              && begins(file, at, END64_SIGNATURE)) {
            return slice(file, at, (int) (locatorAt - at));
          }
        }
      }
    }
    if (required) {
      throw new ExtractionException("zip64 end of central directory is missing");
    }
    return null;
  }

  private static boolean begins(PackageFile file, long at, int signature) throws IOException {
    return at + 4 <= file.size() && slice(file, at, 4).getInt(0) == signature;
  }

  private static ByteBuffer slice(PackageFile file, long at, int length) throws IOException {
    return file.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
