package io.packhouse.plugins.cargo;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Builds small tars; for the formats of crates, gems and hex packages. */
public final class TarBuilder {

  private final Map<String, byte[]> members = new LinkedHashMap<>();

  /** Adds a member, in place of one of that name. */
  public TarBuilder member(String name, String text) {
    return member(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a member, in place of one of that name. */
  public TarBuilder member(String name, byte[] bytes) {
    members.put(name, bytes);
    return this;
  }

  /** The tar. */
  public byte[] tar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 1024, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(member.getKey(), true);
        entry.setSize(member.getValue().length);
        entry.setModTime(1_700_000_000_000L);
        tar.putArchiveEntry(entry);
        tar.write(member.getValue());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The tar, gzipped. */
  public byte[] tarGz() {
    return gzip(tar());
  }

  /** Bytes, gzipped. */
  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** A file in memory. */
  public static PackageFile file(String path, byte[] bytes) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes));
  }
}
