package io.packhouse.plugins.npm;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Builds gzipped tars, member by member. */
public final class Tarballs {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

  private Tarballs() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  /** An empty one. */
  public static Tarballs tarball() {
    return new Tarballs();
  }

  Tarballs manifest(String json) {
    return file("package/package.json", json);
  }

  /** Adds a file. */
  public Tarballs file(String name, String text) {
    return file(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a file. */
  public Tarballs file(String name, byte[] contents) {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(contents.length);
    return entry(entry, contents);
  }

  Tarballs link(String name, String target) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarArchiveEntry.LF_SYMLINK);
    entry.setLinkName(target);
    return entry(entry, new byte[0]);
  }

  private Tarballs entry(TarArchiveEntry entry, byte[] contents) {
    try {
      tar.putArchiveEntry(entry);
      tar.write(contents);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The gzipped tar. */
  public byte[] bytes() {
    try {
      tar.close();
      ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
        gzip.write(bytes.toByteArray());
      }
      return gzipped.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same as a file of this path. */
  public PackageFile at(String path) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes()));
  }
}
