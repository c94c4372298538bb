package io.packhouse.extraction.archive;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** Decoders of the compressed formats, none of which takes more memory than a fixed limit. */
final class Decoders {

  /** What xz and lzma may take: 64 MiB of dictionary, as of {@code xz -9}, and their tables. */
  private static final int XZ_MEMORY_KIB = 72 << 10;

  /** The largest window that zstd itself takes without being asked: 128 MiB. */
  private static final int ZSTD_WINDOW_LOG = 27;

  private Decoders() {}

  /** Opens a decoder, of which the result is the owner. */
  static CheckedStream open(ArchiveFormat format, Source source, Budget budget)
      throws ExtractionException, IOException {
    String what = label(format) + " stream";
    try {
      InputStream decoder =
          switch (format) {
            case GZIP -> new GzipStream(source);
            case XZ -> XzStream.open(source, XZ_MEMORY_KIB, budget);
            case BZIP2 -> new BZip2CompressorInputStream(source, true);
            case ZSTD -> zstd(source);
            case LZMA -> new LZMAInputStream(source, XZ_MEMORY_KIB, budget.decoderMemory());
            case ZIP, TAR, AR, CPIO ->
                throw new IllegalArgumentException("not compressed: " + format);
          };
      return new CheckedStream(decoder, what, budget, source.faults(), true);
    } catch (IOException | RuntimeException e) {
      throw unwrapped(source.faults().explain(what, e));
    }
  }

  /** Zstd frames, one after another. */
  static InputStream zstd(InputStream source) throws IOException {
    return new ZstdInputStreamNoFinalizer(source).setLongMax(ZSTD_WINDOW_LOG);
  }

  /**
   * Lzma as a zip has it: version, length of properties, properties, stream with an end mark or
   * not.
   */
  static InputStream zipLzma(InputStream source, long size, boolean marked, DecoderMemory memory)
      throws IOException {
    byte[] header = source.readNBytes(9);
    if (header.length < 9 || header[2] != 5 || header[3] != 0) {
      throw new IOException("unknown properties");
    }
    int dictionary = ByteBuffer.wrap(header, 5, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (dictionary < 0 || LZMAInputStream.getMemoryUsage(dictionary, header[4]) > XZ_MEMORY_KIB) {
      throw new IOException("its dictionary is too large: " + Integer.toUnsignedLong(dictionary));
    }
    return new LZMAInputStream(source, marked ? -1 : size, header[4], dictionary, null, memory);
  }

  /** An xz stream. */
  static InputStream xz(InputStream source, DecoderMemory memory) throws IOException {
    return new XZInputStream(source, XZ_MEMORY_KIB, memory);
  }

  /** The damage that an exception of a stream carries, else the exception itself, thrown. */
  static ExtractionException unwrapped(IOException e) throws IOException {
    if (e instanceof ExtractionIOException io) {
      return io.damage();
    }
    throw e;
  }

  /** The format's name for messages. */
  static String label(ArchiveFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }
}
