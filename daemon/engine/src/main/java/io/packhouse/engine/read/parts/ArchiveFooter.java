package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.BaseList;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.Seal;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.arrow.ColumnSet;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.MetadataVersion;

/**
 * Seal and footer, checked: what an open reads.
 *
 * @param id hexadecimal digest of the seal
 * @param columns of the index
 * @param blocks offset, metadata length and body length of each batch, one after another
 * @param headLength bytes of magic and schema message
 * @param headDigest of those
 * @param bases of a delta, none of another archive
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never written after construction
public record ArchiveFooter(
    String id,
    Seal seal,
    ColumnSet columns,
    long[] blocks,
    FooterMetadata metadata,
    long headLength,
    byte[] headDigest,
    TablePlace blobTable,
    TablePlace batchDirectory,
    BaseList bases) {

  private static final byte[] MAGIC = ArchiveFormat.arrowMagic();
  private static final int BLOCK_LENGTH = 24;

  /**
   * Reads seal and footer, in the order that the format asks for.
   *
   * @throws CorruptArchiveException if this is no archive, or a damaged one
   * @throws io.packhouse.engine.format.UnsupportedFormatException if it is a newer one
   */
  static ArchiveFooter read(ArchiveFile file, ReadMemory memory) throws IOException {
    Path path = file.path();
    Seal seal = readSeal(file);
    long footerOffset = seal.offset() + Seal.LENGTH;
    int flatbufferLength =
        (int) (file.length() - footerOffset) - ArchiveFormat.FOOTER_TRAILER_LENGTH;
    int signedFooter = flatbufferLength + ArchiveFormat.FOOTER_TRAILER_LENGTH;
    byte[] flatbuffer;
    try (BufferPool.Buffer buffer =
        memory.buffers().take(Seal.SIGNED_LENGTH + (long) signedFooter)) {
      MemorySegment signed = buffer.segment();
      file.read(seal.offset(), signed.asSlice(0, Seal.SIGNED_LENGTH));
      file.read(footerOffset, signed.asSlice(Seal.SIGNED_LENGTH));
      memory
          .decoders()
          .check(signed, seal.digest(), new Place(path, seal.offset(), "seal and footer"));
      flatbuffer =
          signed.asSlice(Seal.SIGNED_LENGTH, flatbufferLength).toArray(ValueLayout.JAVA_BYTE);
    }
    Place place = new Place(path, footerOffset, "footer");
    return place.guarded(() -> parse(flatbuffer, seal, place));
  }

  /**
   * Reads the seal alone, whose digest is not checked: for who looks for an archive by its id.
   *
   * @throws CorruptArchiveException if there is none
   * @throws io.packhouse.engine.format.UnsupportedFormatException if it is of a newer archive
   */
  static Seal readSeal(ArchiveFile file) throws IOException {
    Path path = file.path();
    long length = file.length();
    if (length == 0) {
      throw new CorruptArchiveException(path, -1, "is empty, not a Packhouse archive");
    }
    checkHead(file);
    if (length < ArchiveFormat.MIN_ARCHIVE_LENGTH) {
      throw new CorruptArchiveException(
          path, length, "ends early: an archive has at least 154 bytes, this has " + length);
    }
    long trailerOffset = length - ArchiveFormat.FOOTER_TRAILER_LENGTH;
    byte[] trailer = file.readBytes(trailerOffset, ArchiveFormat.FOOTER_TRAILER_LENGTH);
    if (!Arrays.equals(trailer, 4, trailer.length, MAGIC, 0, MAGIC.length)) {
      throw new CorruptArchiveException(
          path, trailerOffset + 4, "ends early: no Arrow footer at the end; was it cut short?");
    }
    int flatbufferLength = ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN).getInt();
    long sealOffset = trailerOffset - flatbufferLength - Seal.LENGTH;
    if (flatbufferLength <= 0
        || flatbufferLength > ArchiveFormat.MAX_FOOTER_LENGTH
        || sealOffset < ArchiveFormat.HEAD_MAGIC_LENGTH) {
      throw new CorruptArchiveException(
          path,
          trailerOffset,
          "Arrow footer of "
              + flatbufferLength
              + " bytes, limit "
              + Math.min(ArchiveFormat.MAX_FOOTER_LENGTH, length));
    }
    return Seal.parse(file.readBytes(sealOffset, Seal.LENGTH), path, sealOffset, length);
  }

  private static void checkHead(ArchiveFile file) throws IOException {
    byte[] head = file.readBytes(0, (int) Math.min(file.length(), ForeignFormat.HEAD_LENGTH));
    byte[] magic = Arrays.copyOf(MAGIC, ArchiveFormat.HEAD_MAGIC_LENGTH);
    int known = Math.min(head.length, magic.length);
    if (!Arrays.equals(head, 0, known, magic, 0, known)) {
      String kind = ForeignFormat.of(head);
      throw new CorruptArchiveException(
          file.path(),
          0,
          kind == null
              ? "is not a Packhouse archive: does not start with ARROW1"
              : "is " + kind + ", not a Packhouse archive");
    }
  }

  private static ArchiveFooter parse(byte[] flatbuffer, Seal seal, Place place) throws IOException {
    Footer footer =
        Footer.getRootAsFooter(ByteBuffer.wrap(flatbuffer).order(ByteOrder.LITTLE_ENDIAN));
    if (footer.version() != MetadataVersion.V5) {
      throw place.corrupt("Arrow metadata version", "V5", "number " + footer.version());
    }
    if (footer.dictionariesLength() != 0) {
      throw place.corrupt("has Arrow dictionaries");
    }
    int count = footer.recordBatchesLength();
    if (count < 0 || count > flatbuffer.length / BLOCK_LENGTH) {
      throw place.corrupt("has " + count + " batches in " + flatbuffer.length + " bytes");
    }
    long[] blocks = new long[3 * count];
    for (int i = 0; i < count; i++) {
      blocks[3 * i] = footer.recordBatches(i).offset();
      blocks[3 * i + 1] = footer.recordBatches(i).metaDataLength();
      blocks[3 * i + 2] = footer.recordBatches(i).bodyLength();
    }
    FooterMetadata metadata = FooterMetadata.parse(footer, place);
    String version = seal.majorVersion() + "." + seal.minorVersion();
    if (!metadata.require(ArchiveFormat.KEY_FORMAT_VERSION).equals(version)) {
      throw place.corrupt(
          ArchiveFormat.KEY_FORMAT_VERSION,
          version,
          metadata.require(ArchiveFormat.KEY_FORMAT_VERSION));
    }
    TablePlace blobs = TablePlace.of(metadata, "blob table", ArchiveFormat.KEY_BLOB_TABLE);
    TablePlace batches =
        TablePlace.of(metadata, "batch directory", ArchiveFormat.KEY_BATCH_DIRECTORY);
    long headLength = metadata.number(ArchiveFormat.KEY_HEAD_LENGTH, seal.offset());
    checkOrder(seal, headLength, blobs, batches, place);
    if (batches.rows() != count) {
      throw place.corrupt("batches in the batch directory", count, batches.rows());
    }
    ColumnSet columns = ColumnSet.parse(footer.schema(), place);
    return new ArchiveFooter(
        HexFormat.of().formatHex(seal.digest()),
        seal,
        columns,
        blocks,
        metadata,
        headLength,
        metadata.digest(ArchiveFormat.KEY_HEAD_BLAKE3),
        blobs,
        batches,
        bases(metadata, seal, place));
  }

  private static BaseList bases(FooterMetadata metadata, Seal seal, Place place)
      throws IOException {
    String text = metadata.values().get(ArchiveFormat.KEY_BASES);
    int first = ArchiveFormat.BASES_MINOR_VERSION;
    if (text == null ? seal.minorVersion() == first : seal.minorVersion() < first) {
      throw place.corrupt(
          "is of version "
              + ArchiveFormat.version(seal.minorVersion())
              + (text == null ? " and has no " : " but has ")
              + ArchiveFormat.KEY_BASES);
    }
    if (text == null) {
      return BaseList.NONE;
    }
    try {
      return new BaseList(BaseId.parse(text));
    } catch (IllegalArgumentException e) {
      throw place.corrupt(ArchiveFormat.KEY_BASES + ": " + e.getMessage());
    }
  }

  private static void checkOrder(
      Seal seal, long headLength, TablePlace blobs, TablePlace batches, Place place)
      throws IOException {
    if (headLength < ArchiveFormat.HEAD_MAGIC_LENGTH + ArrowMessage.PREFIX_LENGTH
        || blobs.offset() < headLength + ArchiveFormat.END_OF_STREAM_LENGTH
        || blobs.offset() > seal.offset()
        || batches.offset() < blobs.end()
        || batches.offset() > seal.offset()
        || batches.end() > seal.offset()) {
      throw place.corrupt(
          "parts out of order: head to "
              + headLength
              + ", blob table ["
              + blobs.offset()
              + ", +"
              + blobs.length()
              + "), batch directory ["
              + batches.offset()
              + ", +"
              + batches.length()
              + "), seal at "
              + seal.offset());
    }
    if ((blobs.offset() | batches.offset() | seal.offset()) % ArchiveFormat.ALIGNMENT != 0) {
      throw place.corrupt("has a table or seal that is not at a multiple of 8");
    }
  }
}
