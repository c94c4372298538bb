package io.packhouse.plugins.conda;

import com.github.luben.zstd.Zstd;
import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/** Builds small conda packages as the format's specification (CEP 35) lays them out. */
final class CondaPackages {

  private final Map<String, byte[]> members = new LinkedHashMap<>();

  static CondaPackages empty() {
    return new CondaPackages();
  }

  CondaPackages member(String name, String text) {
    return member(name, text.getBytes(StandardCharsets.UTF_8));
  }

  CondaPackages member(String name, byte[] bytes) {
    members.put(name, bytes);
    return this;
  }

  PackageFile tarBz2(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream bzip2 = new BZip2CompressorOutputStream(bytes, 1)) {
      bzip2.write(tar(members));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PackageFile.of(path, ByteBuffer.wrap(bytes.toByteArray()));
  }

  /** With the inner tars named after {@code stem}. */
  PackageFile conda(String path, String stem) {
    Map<String, byte[]> info = new LinkedHashMap<>();
    Map<String, byte[]> rest = new LinkedHashMap<>();
    members.forEach((name, bytes) -> (name.startsWith("info/") ? info : rest).put(name, bytes));
    Map<String, byte[]> parts = new LinkedHashMap<>();
    parts.put(
        "metadata.json", "{\"conda_pkg_format_version\": 2}".getBytes(StandardCharsets.UTF_8));
    parts.put("pkg-" + stem + ".tar.zst", Zstd.compress(tar(rest)));
    parts.put("info-" + stem + ".tar.zst", Zstd.compress(tar(info)));
    return PackageFile.of(path, ByteBuffer.wrap(stored(parts)));
  }

  static byte[] stored(Map<String, byte[]> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> part : parts.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(part.getValue());
        ZipEntry entry = new ZipEntry(part.getKey());
        entry.setTime(0);
        entry.setSize(part.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(part.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] tar(Map<String, byte[]> members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(member.getKey());
        entry.setSize(member.getValue().length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(member.getValue());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
