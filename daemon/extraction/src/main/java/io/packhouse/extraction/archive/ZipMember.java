package io.packhouse.extraction.archive;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.deflate64.Deflate64CompressorInputStream;
import org.jspecify.annotations.Nullable;

/** One member of a zip. */
final class ZipMember implements ArchiveMember {

  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int DEFLATED64 = 9;
  private static final int BZIP2 = 12;
  private static final int LZMA = 14;
  private static final int ZSTD_OLD = 20;
  private static final int ZSTD = 93;
  private static final int XZ = 95;
  private static final int ENCRYPTED = 1;
  private static final int LZMA_MARKED = 1 << 1;
  private static final int DIRECTORY_ENCRYPTED = 1 << 13;

  /** What is inflated from at a time for a head: the first block's tables and some more. */
  private static final int HEAD_PIECE = 512;

  /** A byte of deflate stands for so many at most: a match of 258 in two bits. */
  private static final long MAX_DEFLATE_RATIO = 1032;

  private final ZipEntryData entry;
  private final OpenedZip zip;

  ZipMember(ZipEntryData entry, OpenedZip zip) {
    this.entry = entry;
    this.zip = zip;
  }

  @Override
  public String name() {
    return entry.name();
  }

  @Override
  public Kind kind() {
    return entry.kind();
  }

  @Override
  public @Nullable String linkTarget() {
    return null;
  }

  @Override
  public long size() {
    return entry.size();
  }

  @Override
  public long crc32() {
    return Integer.toUnsignedLong(entry.crc());
  }

  @Override
  public @Nullable Long modifiedNanos() {
    return entry.modifiedNanos();
  }

  @Override
  public byte[] bytes(int maxSize) throws ExtractionException, IOException {
    Contents.checkSize(entry.size(), maxSize, label());
    try (InputStream stream = open()) {
      return Contents.read(stream, entry.size(), maxSize, label());
    }
  }

  @Override
  public byte[] head(int length) throws ExtractionException, IOException {
    if (entry.method() != DEFLATED) {
      return ArchiveMember.super.head(length);
    }
    long at = dataOffset();
    long end = at + entry.packedSize();
    byte[] head = new byte[(int) Math.min(length, entry.size())];
    int inflated = 0;
    Inflater inflater = zip.headInflater();
    try {
      while (inflated < head.length && !inflater.finished()) {
        int more = inflater.inflate(head, inflated, head.length - inflated);
        inflated += more;
        if (more == 0 && !inflater.finished()) {
          if (inflater.needsDictionary() || at == end) {
            throw damaged("ends early, at " + inflated + " of " + entry.size() + " bytes");
          }
          int piece = (int) Math.min(HEAD_PIECE, end - at);
          inflater.setInput(zip.file().slice(at, piece));
          at += piece;
          zip.budget().moved(piece);
        }
      }
    } catch (DataFormatException e) {
      throw new ExtractionException(label() + " does not inflate", e);
    }
    zip.budget().inflated(inflated);
    return inflated == head.length ? head : Arrays.copyOf(head, inflated);
  }

  @Override
  public InputStream stream() throws ExtractionException, IOException {
    return zip.opened(open());
  }

  private InputStream open() throws ExtractionException, IOException {
    long dataOffset = dataOffset();
    Faults faults = new Faults();
    Source source = new Source(zip.file(), dataOffset, entry.packedSize(), zip.budget(), faults);
    String what = label();
    InputStream decoder;
    try {
      decoder =
          switch (entry.method()) {
            case STORED -> source;
            case DEFLATED -> new InflateStream(source);
            case DEFLATED64 -> new Deflate64CompressorInputStream(source);
            case BZIP2 -> new BZip2CompressorInputStream(source);
            case LZMA ->
                Decoders.zipLzma(
                    source,
                    entry.size(),
                    (entry.flags() & LZMA_MARKED) != 0,
                    zip.budget().decoderMemory());
            case ZSTD, ZSTD_OLD -> Decoders.zstd(source);
            case XZ -> Decoders.xz(source, zip.budget().decoderMemory());
            default -> throw damaged("is packed by unknown method " + entry.method());
          };
    } catch (IOException | RuntimeException e) {
      throw Decoders.unwrapped(faults.explain(what, e));
    }
    boolean counted = entry.method() != STORED || !zip.allowsStored(entry.size());
    InputStream checked = new CheckedStream(decoder, what, zip.budget(), faults, counted);
    return new MemberData(checked, what, entry.size(), new CRC32(), entry.crc(), faults);
  }

  @Override
  public PackageFile file(String path) throws ExtractionException, IOException {
    zip.budget().checkDepth(NestedFile.depth(zip.file()) + 1);
    if (entry.method() == STORED) {
      return NestedFile.view(path, zip.file(), dataOffset(), entry.size());
    }
    int max = (int) Math.min(SafeArchiveOpener.MAX_IN_MEMORY, zip.budget().inflatable());
    PackageFile inflated = PackageFile.of(path, ByteBuffer.wrap(bytes(max)));
    return new NestedFile(path, inflated, 0, inflated.size(), NestedFile.depth(zip.file()) + 1);
  }

  /** Checks all that can be told without decoding. */
  private long dataOffset() throws ExtractionException, IOException {
    PackageFile file = zip.file();
    long headerOffset = entry.headerOffset();
    if ((entry.flags() & (ENCRYPTED | DIRECTORY_ENCRYPTED)) != 0) {
      throw damaged("is encrypted");
    }
    if (headerOffset < 0 || headerOffset > file.size() - LOCAL_LENGTH) {
      throw damaged("begins outside the file, at " + headerOffset);
    }
    ByteBuffer header = file.slice(headerOffset, LOCAL_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    if (header.getInt(0) != LOCAL_SIGNATURE) {
      throw damaged("has no local header at " + headerOffset);
    }
    long dataOffset =
        headerOffset
            + LOCAL_LENGTH
            + Short.toUnsignedInt(header.getShort(26))
            + Short.toUnsignedInt(header.getShort(28));
    if (dataOffset > file.size() - entry.packedSize()) {
      throw damaged("ends outside the file");
    }
    if (entry.method() == STORED && entry.packedSize() != entry.size()) {
      throw damaged("is stored, but of two sizes: " + entry.packedSize() + " and " + entry.size());
    }
    if (entry.method() == DEFLATED && entry.size() / MAX_DEFLATE_RATIO > entry.packedSize()) {
      throw damaged(
          "does not inflate to its size: " + entry.size() + " bytes out of " + entry.packedSize());
    }
    return dataOffset;
  }

  private String label() {
    return "zip member " + Names.shown(entry.name());
  }

  private ExtractionException damaged(String what) {
    return new ExtractionException(label() + " " + what);
  }
}
