package io.packhouse.engine.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The seal: names the format's version and the archive's length, and carries the digest that is the
 * archive's id.
 *
 * <pre>
 *  0        8        10       12      16       24       32                    64
 *  +--------+--------+--------+-------+--------+--------+---------------------+
 *  | magic  | major  | minor  | flags | offset | length | digest of [0, 32)   |
 *  |        | uint16 | uint16 | uint32| int64  | int64  | and the footer      |
 *  +--------+--------+--------+-------+--------+--------+---------------------+
 * </pre>
 *
 * @param flags bits 16–31 must be known to a reader, others may be ignored
 * @param offset of the seal in the archive, in bytes
 * @param archiveLength of the whole archive, in bytes
 * @param digest 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out
public record Seal(
    int majorVersion, int minorVersion, int flags, long offset, long archiveLength, byte[] digest) {

  public static final int LENGTH = 64;

  /** The digest covers this many bytes of the seal, then the footer. */
  public static final int SIGNED_LENGTH = 32;

  private static final byte[] MAGIC = {'P', 'K', 'H', 'S', 'E', 'A', 'L', 0};
  private static final int MUST_KNOW_FLAGS = 0xFFFF0000;

  public Seal {
    digest = digest.clone();
  }

  @Override
  public byte[] digest() {
    return digest.clone();
  }

  /** The first 32 bytes of a seal, which the digest covers. */
  public static byte[] signedBytes(int minorVersion, long offset, long archiveLength) {
    return ByteBuffer.allocate(SIGNED_LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) ArchiveFormat.MAJOR_VERSION)
        .putShort((short) minorVersion)
        .putInt(0)
        .putLong(offset)
        .putLong(archiveLength)
        .array();
  }

  /**
   * Reads a seal and checks everything but its digest.
   *
   * @param bytes 64 bytes
   * @param path of the archive, for messages
   * @param offset where the bytes were read
   * @param archiveLength of the file that they were read from
   * @throws CorruptArchiveException if this is no seal, or the seal of a file of another length
   * @throws UnsupportedFormatException if another major version or an unknown flag asks for a newer
   *     reader
   */
  public static Seal parse(byte[] bytes, Path path, long offset, long archiveLength)
      throws CorruptArchiveException, UnsupportedFormatException {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a seal has 64 bytes, length=" + bytes.length);
    }
    if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new CorruptArchiveException(
          path, offset, "no Packhouse seal (an Arrow file, but not an archive?)");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(8);
    int major = Short.toUnsignedInt(buffer.getShort());
    int minor = Short.toUnsignedInt(buffer.getShort());
    int flags = buffer.getInt();
    if (major != ArchiveFormat.MAJOR_VERSION) {
      throw new UnsupportedFormatException(
          path,
          "format version "
              + major
              + "."
              + minor
              + ", this reader knows "
              + ArchiveFormat.MAJOR_VERSION
              + ".x; use a newer packhouse");
    }
    if ((flags & MUST_KNOW_FLAGS) != 0) {
      throw new UnsupportedFormatException(
          path,
          "format flags 0x" + Integer.toHexString(flags) + " ask for a newer packhouse than this");
    }
    long sealOffset = buffer.getLong();
    long length = buffer.getLong();
    if (length != archiveLength) {
      throw new CorruptArchiveException(
          path, offset + 24, "the archive's length", length, archiveLength);
    }
    if (sealOffset != offset) {
      throw new CorruptArchiveException(path, offset + 16, "the seal's offset", sealOffset, offset);
    }
    return new Seal(
        major, minor, flags, sealOffset, length, Arrays.copyOfRange(bytes, SIGNED_LENGTH, LENGTH));
  }
}
