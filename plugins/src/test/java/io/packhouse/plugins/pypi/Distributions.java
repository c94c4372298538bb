package io.packhouse.plugins.pypi;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** Builds small distributions. */
final class Distributions {

  private final Map<String, byte[]> members = new LinkedHashMap<>();

  /** With nothing in it. */
  static Distributions empty() {
    return new Distributions();
  }

  /** A wheel with one module, metadata and WHEEL; without RECORD. */
  static Distributions wheel(String folder, String metadata) {
    return empty()
        .member("demo/__init__.py", "answer = 42\n")
        .member(folder + ".dist-info/METADATA", metadata)
        .member(
            folder + ".dist-info/WHEEL",
            """
            Wheel-Version: 1.0
            Generator: test (1.0)
            Root-Is-Purelib: true
            Tag: py3-none-any
            """);
  }

  Distributions member(String name, String text) {
    return member(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Distributions member(String name, byte[] bytes) {
    members.put(name, bytes);
    return this;
  }

  /** Adds a RECORD of all that is there. */
  Distributions record(String folder) {
    StringBuilder record = new StringBuilder();
    members.forEach((name, bytes) -> record.append(recordLine(name, bytes)));
    String path = folder + ".dist-info/RECORD";
    return member(path, record.append(path).append(",,\n").toString());
  }

  static String recordLine(String name, byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      String value = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
      String field = name.contains(",") ? "\"" + name + "\"" : name;
      return field + ",sha256=" + value + "," + bytes.length + "\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  PackageFile zip(String path) {
    return PackageFile.of(path, ByteBuffer.wrap(zipBytes()));
  }

  byte[] zipBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(member.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  PackageFile tarGz(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GzipCompressorOutputStream(bytes)) {
      tar(gzip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PackageFile.of(path, ByteBuffer.wrap(bytes.toByteArray()));
  }

  PackageFile tarBz2(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream bzip2 = new BZip2CompressorOutputStream(bytes, 1)) {
      tar(bzip2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PackageFile.of(path, ByteBuffer.wrap(bytes.toByteArray()));
  }

  private void tar(OutputStream out) throws IOException {
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(member.getKey());
        entry.setSize(member.getValue().length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(member.getValue());
        tar.closeArchiveEntry();
      }
    }
  }
}
