package io.packhouse.extraction.archive;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds small jars. */
final class Jars {

  private final Map<String, byte[]> members = new LinkedHashMap<>();
  private boolean stored;
  private String comment = "";

  static Jars jar() {
    return new Jars().member("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n");
  }

  Jars member(String name, String text) {
    return member(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Jars member(String name, byte[] bytes) {
    members.put(name, bytes);
    return this;
  }

  Jars stored() {
    stored = true;
    return this;
  }

  Jars comment(String text) {
    comment = text;
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setComment(comment);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setTime(0);
        if (stored) {
          CRC32 crc = new CRC32();
          crc.update(member.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(member.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(member.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  PackageFile at(String path) {
    return file(path, bytes());
  }

  static PackageFile file(String path, byte[] bytes) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes));
  }

  static PackageFile file(String path, String text) {
    return file(path, text.getBytes(StandardCharsets.UTF_8));
  }
}
