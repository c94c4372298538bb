package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * One member of a zip, as its central directory states it: not checked yet.
 *
 * @param headerOffset of the local header, from the start of the file
 * @param packedSize in bytes, as stored
 * @param size in bytes, inflated
 */
record ZipMember(
    String name, int flags, int method, int crc, long packedSize, long size, long headerOffset) {

  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ENCRYPTED = 1;

  /** More than this no sound deflate stream adds to what it cannot shrink. */
  private static final int MAX_OVERHEAD = 1024;

  /**
   * The inflated bytes.
   *
   * @throws ExtractionException where they are more than {@code maxSize}, encrypted, packed by
   *     another method, damaged, or not where the directory says
   */
  byte[] content(PackageFile file, long maxSize) throws ExtractionException, IOException {
    if (size > maxSize || packedSize > maxSize + MAX_OVERHEAD) {
      throw damaged("is larger than the limit of " + maxSize + " bytes: " + size);
    }
    if ((flags & ENCRYPTED) != 0) {
      throw damaged("is encrypted");
    }
    if (headerOffset < 0 || headerOffset > file.size() - LOCAL_LENGTH) {
      throw damaged("begins outside the file, at " + headerOffset);
    }
    ByteBuffer header = file.slice(headerOffset, LOCAL_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    if (header.getInt(0) != LOCAL_SIGNATURE) {
      throw damaged("has no local header at " + headerOffset);
    }
    long dataOffset =
        headerOffset
            + LOCAL_LENGTH
            + Short.toUnsignedInt(header.getShort(26))
            + Short.toUnsignedInt(header.getShort(28));
    if (dataOffset > file.size() - packedSize) {
      throw damaged("ends outside the file");
    }
    byte[] content = new byte[(int) size];
    ByteBuffer packed = file.slice(dataOffset, (int) packedSize);
    switch (method) {
      case STORED -> {
        if (packedSize != size) {
          throw damaged("is stored, but of two sizes: " + packedSize + " and " + size);
        }
        packed.get(0, content);
      }
      case DEFLATED -> inflate(packed, content);
      default -> throw damaged("is packed by unknown method " + method);
    }
    CRC32 check = new CRC32();
    check.update(content);
    if ((int) check.getValue() != crc) {
      throw damaged("does not match its CRC-32");
    }
    return content;
  }

  private void inflate(ByteBuffer packed, byte[] content) throws ExtractionException {
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(packed);
      // One byte of room more than expected, so that a longer stream shows.
      byte[] room = new byte[content.length + 1];
      int length = 0;
      while (length < room.length && !inflater.finished()) {
        int more = inflater.inflate(room, length, room.length - length);
        if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          break;
        }
        length += more;
      }
      if (!inflater.finished() || length != content.length) {
        throw damaged("does not inflate to its size of " + size + " bytes");
      }
      System.arraycopy(room, 0, content, 0, length);
    } catch (DataFormatException e) {
      throw new ExtractionException("zip member " + shown() + " does not inflate", e);
    }
  }

  private ExtractionException damaged(String what) {
    return new ExtractionException("zip member " + shown() + " " + what);
  }

  /** The name without control characters, which could be anything. */
  private String shown() {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
