package io.packhouse.plugins.deb;

import com.github.luben.zstd.ZstdOutputStream;
import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Builds small Debian packages. */
final class Debs {

  private final Map<String, byte[]> controlFiles = new LinkedHashMap<>();
  private final Map<String, byte[]> dataFiles = new LinkedHashMap<>();
  private final Map<String, byte[]> extraMembers = new LinkedHashMap<>();
  private String version = "2.0\n";
  private String suffix = "";
  private boolean data = true;

  static Debs deb(String control) {
    return new Debs().control("./control", control);
  }

  Debs control(String name, String text) {
    controlFiles.put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Debs data(String name, byte[] bytes) {
    dataFiles.put(name, bytes);
    return this;
  }

  Debs data(String name, String text) {
    return data(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Debs before(String member, byte[] bytes) {
    extraMembers.put(member, bytes);
    return this;
  }

  Debs version(String text) {
    version = text;
    return this;
  }

  /** The suffix of both tars, which chooses their compression. */
  Debs packed(String with) {
    suffix = with;
    return this;
  }

  Debs withoutData() {
    data = false;
    return this;
  }

  byte[] bytes() {
    try {
      ByteArrayOutputStream ar = new ByteArrayOutputStream();
      ar.write("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
      member(ar, "debian-binary", version.getBytes(StandardCharsets.UTF_8));
      for (Map.Entry<String, byte[]> extra : extraMembers.entrySet()) {
        member(ar, extra.getKey(), extra.getValue());
      }
      member(ar, "control.tar" + suffix, compressed(tar(controlFiles)));
      if (data) {
        member(ar, "data.tar" + suffix, compressed(tar(dataFiles)));
      }
      return ar.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PackageFile file(String path) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes()));
  }

  private static void member(OutputStream ar, String name, byte[] bytes) throws IOException {
    String header =
        "%-16s%-12d%-6d%-6d%-8s%-10d`\n"
            .formatted(name, 1_700_000_000, 0, 0, "100644", bytes.length);
    ar.write(header.getBytes(StandardCharsets.US_ASCII));
    ar.write(bytes);
    if (bytes.length % 2 == 1) {
      ar.write('\n');
    }
  }

  private byte[] compressed(byte[] tar) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream stream =
        switch (suffix) {
          case ".gz" -> new GZIPOutputStream(packed);
          case ".xz" -> new XZOutputStream(packed, new LZMA2Options(0));
          case ".zst" -> new ZstdOutputStream(packed);
          default -> packed;
        }) {
      stream.write(tar);
    }
    return packed.toByteArray();
  }

  private static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.putArchiveEntry(new TarArchiveEntry("./"));
      tar.closeArchiveEntry();
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(file.getValue().length);
        entry.setModTime(1_700_000_000_000L);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
