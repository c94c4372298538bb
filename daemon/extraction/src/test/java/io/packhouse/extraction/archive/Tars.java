package io.packhouse.extraction.archive;

import com.github.luben.zstd.ZstdOutputStream;
import io.packhouse.spi.ArchiveFormat;
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
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.XZOutputStream;

/** Builds small tars, ars and cpios, and compresses. */
final class Tars {

  private final Map<String, byte[]> members = new LinkedHashMap<>();

  Tars member(String name, String text) {
    return member(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Tars member(String name, byte[] bytes) {
    members.put(name, bytes);
    return this;
  }

  byte[] tar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
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

  byte[] ar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(bytes)) {
      ar.setLongFileMode(ArArchiveOutputStream.LONGFILE_BSD);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        int length = member.getValue().length;
        ar.putArchiveEntry(new ArArchiveEntry(member.getKey(), length, 0, 0, 33188, 1_700_000_000));
        ar.write(member.getValue());
        ar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  byte[] cpio(short format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CpioArchiveOutputStream cpio = new CpioArchiveOutputStream(bytes, format)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        CpioArchiveEntry entry =
            new CpioArchiveEntry(format, member.getKey(), member.getValue().length);
        entry.setMode(CpioConstants.C_ISREG | 0644);
        entry.setTime(1_700_000_000);
        if (format == CpioConstants.FORMAT_NEW_CRC) {
          long sum = 0;
          for (byte b : member.getValue()) {
            sum += b & 0xFF;
          }
          entry.setChksum(sum);
        }
        cpio.putArchiveEntry(entry);
        cpio.write(member.getValue());
        cpio.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] compressed(ArchiveFormat format, byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream stream = compressor(format, packed)) {
      stream.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static OutputStream compressor(ArchiveFormat format, OutputStream to) throws IOException {
    return switch (format) {
      case GZIP -> new GZIPOutputStream(to);
      case XZ -> new XZOutputStream(to, new LZMA2Options(0));
      case BZIP2 -> new BZip2CompressorOutputStream(to, 1);
      case ZSTD -> new ZstdOutputStream(to);
      case LZMA -> new LZMAOutputStream(to, new LZMA2Options(0), -1);
      case ZIP, TAR, AR, CPIO -> throw new IllegalArgumentException("not compressed: " + format);
    };
  }

  static PackageFile file(String path, byte[] bytes) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes));
  }
}
