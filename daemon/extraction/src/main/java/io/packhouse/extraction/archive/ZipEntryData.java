package io.packhouse.extraction.archive;

import io.packhouse.spi.ArchiveMember.Kind;
import io.packhouse.spi.ExtractionException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a central directory: what it states, not checked yet.
 *
 * @param packedSize in bytes, as stored
 * @param size in bytes, inflated
 * @param headerOffset of the local header, from the start of the file
 * @param dosTime date and time as the entry itself has them
 * @param extraNanos the time of an extra field, null where there is none
 */
record ZipEntryData(
    String name,
    Kind kind,
    int flags,
    int method,
    int crc,
    long packedSize,
    long size,
    long headerOffset,
    int dosTime,
    @Nullable Long extraNanos) {

  private static final long UNKNOWN = 0xFFFF_FFFFL;
  private static final int ZIP64_EXTRA = 1;
  private static final int TIMESTAMP_EXTRA = 0x5455;
  private static final int UTF8 = 1 << 11;
  private static final int MADE_BY_UNIX = 3;
  private static final int MADE_BY_DARWIN = 19;
  private static final int UNIX_TYPE = 0xF000;
  private static final int UNIX_LINK = 0xA000;
  private static final long NANOS = 1_000_000_000;

  /** The zip specification's own; some JDK images lack it. */
  private static final Charset CP437 =
      Charset.isSupported("IBM437") ? Charset.forName("IBM437") : StandardCharsets.ISO_8859_1;

  /**
   * Reads the entry at index {@code at} of {@code window}, all of which is there but its comment.
   */
  static ZipEntryData read(
      ByteBuffer window, int at, byte[] nameBytes, int extraLength, long prefix, long fileSize)
      throws ExtractionException {
    long packedSize = Integer.toUnsignedLong(window.getInt(at + 20));
    long size = Integer.toUnsignedLong(window.getInt(at + 24));
    long header = Integer.toUnsignedLong(window.getInt(at + 42));
    Long modified = null;
    int field = at + 46 + nameBytes.length;
    for (int end = field + extraLength; end - field >= 4; ) {
      int id = Short.toUnsignedInt(window.getShort(field));
      int length = Short.toUnsignedInt(window.getShort(field + 2));
      int value = field + 4;
      field = value + length;
      if (field > end) {
        break;
      }
      if (id == ZIP64_EXTRA) {
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
      } else if (id == TIMESTAMP_EXTRA && length >= 5 && (window.get(value) & 1) != 0) {
        modified = window.getInt(value + 1) * NANOS;
      }
    }
    if (size < 0 || packedSize < 0 || header < 0 || header > fileSize) {
      throw new ExtractionException("central directory is damaged: zip64 values out of range");
    }
    int flags = Short.toUnsignedInt(window.getShort(at + 8));
    String raw = name(nameBytes, flags);
    int madeBy = window.get(at + 5) & 0xFF;
    int unixType =
        madeBy == MADE_BY_UNIX || madeBy == MADE_BY_DARWIN
            ? window.getShort(at + 40) & UNIX_TYPE
            : 0;
    return new ZipEntryData(
        Names.normal(raw),
        raw.endsWith("/") ? Kind.DIRECTORY : unixType == UNIX_LINK ? Kind.LINK : Kind.FILE,
        flags,
        Short.toUnsignedInt(window.getShort(at + 10)),
        window.getInt(at + 16),
        packedSize,
        size,
        prefix + header,
        window.getInt(at + 12),
        modified);
  }

  /** When it was changed last, ns since 1970-01-01T00:00Z; told when asked for, which is seldom. */
  @Nullable Long modifiedNanos() {
    return extraNanos != null ? extraNanos : dosNanos((short) (dosTime >> 16), (short) dosTime);
  }

  /** Many writers write UTF-8 and do not say so; hardly a name of another encoding is UTF-8. */
  private static String name(byte[] bytes, int flags) {
    if ((flags & UTF8) != 0) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    for (byte b : bytes) {
      if (b < 0) {
        try {
          return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
          return new String(bytes, CP437);
        }
      }
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** The bytes that may stand for {@code name} where it is not UTF-8. */
  static byte[] otherBytes(String name) {
    return name.getBytes(CP437);
  }

  /** The time has no zone and is taken for UTC, as writers of reproducible files have it. */
  private static @Nullable Long dosNanos(short date, short time) {
    int year = 1980 + ((date >> 9) & 0x7F);
    try {
      return LocalDateTime.of(
                  year,
                  (date >> 5) & 0xF,
                  date & 0x1F,
                  (time >> 11) & 0x1F,
                  (time >> 5) & 0x3F,
                  Math.min(59, (time & 0x1F) * 2))
              .toEpochSecond(ZoneOffset.UTC)
          * NANOS;
    } catch (DateTimeException e) {
      // Zero, or nonsense.
      return null;
    }
  }
}
