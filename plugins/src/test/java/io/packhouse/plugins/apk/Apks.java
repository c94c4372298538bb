package io.packhouse.plugins.apk;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Builds small Alpine packages, as abuild does: the first tars without their ends. */
final class Apks {

  private static final int END_OF_TAR = 1024;

  private final Map<String, byte[]> control = new LinkedHashMap<>();
  private final Map<String, byte[]> data = new LinkedHashMap<>();
  private final String info;
  private String key = "";
  private String datahash = "";

  private Apks(String info) {
    this.info = info;
  }

  static Apks apk(String info) {
    return new Apks(info);
  }

  Apks signed(String by) {
    key = by;
    return this;
  }

  Apks script(String name) {
    control.put(name, "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Apks data(String name, byte[] bytes) {
    data.put(name, bytes);
    return this;
  }

  Apks datahash(String hash) {
    datahash = hash;
    return this;
  }

  byte[] bytes() {
    byte[] packedData = packed(data, true);
    String hash = datahash.isEmpty() ? sha256(packedData) : datahash;
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put(".PKGINFO", (info + "datahash = " + hash + "\n").getBytes(StandardCharsets.UTF_8));
    all.putAll(control);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    if (!key.isEmpty()) {
      file.writeBytes(packed(Map.of(".SIGN.RSA." + key, new byte[256]), false));
    }
    file.writeBytes(packed(all, false));
    file.writeBytes(packedData);
    return file.toByteArray();
  }

  PackageFile file(String path) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes()));
  }

  private static byte[] packed(Map<String, byte[]> files, boolean ended) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try {
      try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar, 512, "UTF-8")) {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
          entry.setSize(file.getValue().length);
          entry.setModTime(0);
          out.putArchiveEntry(entry);
          out.write(file.getValue());
          out.closeArchiveEntry();
        }
      }
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(tar.toByteArray(), 0, tar.size() - (ended ? 0 : END_OF_TAR));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
