package io.packhouse.fuzz;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/** Sound containers, made as cheaply as can be: packed without being compressed where possible. */
final class Containers {

  /** Two empty blocks, which some formats leave out. */
  private static final int END_OF_TAR = 1_024;

  private Containers() {}

  /** As many members as there are parts and names. */
  static Map<String, byte[]> members(List<byte[]> parts, String... names) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(parts.size(), names.length); i++) {
      members.put(names[i], parts.get(i));
    }
    return members;
  }

  static byte[] zip(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(member.getValue());
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setTime(0);
        entry.setSize(member.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(member.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  static byte[] tar(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(member.getKey(), true);
        entry.setSize(member.getValue().length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(member.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** Without the two blocks that end it. */
  static byte[] openTar(Map<String, byte[]> members) throws IOException {
    byte[] tar = tar(members);
    return java.util.Arrays.copyOf(tar, tar.length - END_OF_TAR);
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(bytes.length + 64);
    try (OutputStream gzip = new StoringGzip(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  static byte[] bzip2(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream bzip2 = new BZip2CompressorOutputStream(packed, 1)) {
      bzip2.write(bytes);
    }
    return packed.toByteArray();
  }

  static byte[] zstd(byte[] bytes) {
    return Zstd.compress(bytes, 1);
  }

  static byte[] ar(Map<String, byte[]> members) {
    ByteArrayOutputStream ar = new ByteArrayOutputStream();
    ar.writeBytes(ascii("!<arch>\n"));
    members.forEach(
        (name, bytes) -> {
          ar.writeBytes(
              ascii(
                  "%-16s%-12d%-6d%-6d%-8s%-10d`\n"
                      .formatted(name, 1_700_000_000, 0, 0, "100644", bytes.length)));
          ar.writeBytes(bytes);
          if (bytes.length % 2 == 1) {
            ar.write('\n');
          }
        });
    return ar.toByteArray();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static String sha256(byte[]... pieces) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] piece : pieces) {
        digest.update(piece);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static final class StoringGzip extends GZIPOutputStream {
    StoringGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.NO_COMPRESSION);
    }
  }
}
