package io.packhouse.extraction.archive;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Builds zips that state whatever they are told to. */
final class RawZip {

  static final int STORED = 0;
  static final int DEFLATED = 8;
  static final int BZIP2 = 12;
  static final int ZSTD = 93;
  static final int XZ = 95;

  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int entries;

  /** A local header and its packed bytes, at the result. */
  int data(byte[] packed) {
    int at = data.size();
    byte[] header = new byte[30];
    little(header).putInt(0x04034b50);
    data.writeBytes(header);
    data.writeBytes(packed);
    return at;
  }

  /** An entry of the directory. */
  RawZip entry(byte[] name, int flags, int method, int crc, int packed, int size, int headerAt) {
    byte[] bytes = new byte[46 + name.length];
    ByteBuffer entry = little(bytes).putInt(0x02014b50);
    entry.putShort(8, (short) flags).putShort(10, (short) method).putInt(16, crc);
    entry.putInt(20, packed).putInt(24, size).putShort(28, (short) name.length);
    entry.putInt(42, headerAt).put(46, name);
    directory.writeBytes(bytes);
    entries++;
    return this;
  }

  /** A sound member. */
  RawZip member(byte[] name, int flags, int method, byte[] packed, byte[] contents) {
    return entry(name, flags, method, crc(contents), packed.length, contents.length, data(packed));
  }

  PackageFile file() {
    byte[] endBytes = new byte[22];
    ByteBuffer end = little(endBytes).putInt(0x06054b50);
    end.putShort(8, (short) entries).putShort(10, (short) entries);
    end.putInt(12, directory.size()).putInt(16, data.size());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(data.toByteArray());
    bytes.writeBytes(directory.toByteArray());
    bytes.writeBytes(endBytes);
    return PackageFile.of("a.zip", ByteBuffer.wrap(bytes.toByteArray()));
  }

  static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  static byte[] name(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] deflated(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] piece = new byte[4096];
    try (Deflater deflater = new Deflater(9, true)) {
      deflater.setInput(bytes);
      deflater.finish();
      while (!deflater.finished()) {
        packed.write(piece, 0, deflater.deflate(piece));
      }
    }
    return packed.toByteArray();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
