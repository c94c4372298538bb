package io.packhouse.engine.pack;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.Seal;
import io.packhouse.engine.index.BatchDirectory;
import io.packhouse.engine.index.BlobTable;
import io.packhouse.engine.index.EncodedBatch;
import io.packhouse.engine.index.IpcBuffer;
import io.packhouse.engine.index.IpcMessages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the parts of an archive front to back: head, then blobs and batches as they come, then
 * tables, seal and footer. Decides nothing but offsets. One thread at a time; after an error it is
 * unusable.
 *
 * <p>Source: {@code FORMAT.md}.
 */
public final class ArchiveWriter {
  private final ArchiveOutput output;
  private final IndexEncoding encoding;
  private final Hasher hasher;
  private final int minorVersion;
  private final BlobTable blobTable = new BlobTable();
  private final BatchDirectory batches = new BatchDirectory();
  private final String headDigest;
  private final long headLength;
  private long position;
  private long indexBytes;

  /**
   * Writes the head.
   *
   * @param minorVersion of the format, that of the schema
   * @param hasher stays the caller's
   */
  public ArchiveWriter(
      ArchiveOutput output, IndexEncoding encoding, int minorVersion, Hasher hasher)
      throws IOException {
    this.output = output;
    this.encoding = encoding;
    this.minorVersion = minorVersion;
    this.hasher = hasher;
    byte[] message = encoding.schemaMessage();
    byte[] bytes =
        ByteBuffer.allocate(ArchiveFormat.HEAD_MAGIC_LENGTH + message.length)
            .put(ArchiveFormat.arrowMagic())
            .put(ArchiveFormat.HEAD_MAGIC_LENGTH, message)
            .array();
    headDigest = hex(Blake3.digest(bytes));
    headLength = bytes.length;
    write(ByteBuffer.wrap(bytes));
    indexBytes = position;
  }

  /** Bytes written so far. */
  public long position() {
    return position;
  }

  /** Bytes written that are not blobs. */
  long indexBytes() {
    return indexBytes;
  }

  /** Blobs written so far. */
  public int blobCount() {
    return blobTable.size();
  }

  /** Writes bytes of the blob that {@link #endBlob} will end. */
  public void write(ByteBuffer bytes) throws IOException {
    position += bytes.remaining();
    output.write(bytes);
  }

  /** Says that the last {@code storedLength} bytes are the next blob. */
  public void endBlob(int storedLength, int decodedLength, BlobCodec codec, byte[] digest) {
    blobTable.add(position - storedLength, storedLength, decodedLength, codec, digest);
  }

  /** Writes a batch, which stays the caller's to close. */
  public void writeBatch(EncodedBatch batch) throws IOException {
    pad();
    long offset = position;
    write(batch.message().segment().asByteBuffer());
    batches.add(offset, batch);
    indexBytes += position - offset;
  }

  /**
   * Writes all that follows blobs and batches.
   *
   * @param metadata totals, options and producer, by their whole keys
   * @return the archive's id
   */
  public String finish(Map<String, String> metadata) throws IOException {
    long start = position;
    pad();
    write(ByteBuffer.wrap(IpcMessages.endOfStream()));
    Map<String, String> all = new TreeMap<>(metadata);
    all.put(ArchiveFormat.KEY_FORMAT_VERSION, ArchiveFormat.version(minorVersion));
    all.put(ArchiveFormat.KEY_HEAD_LENGTH, Long.toString(headLength));
    all.put(ArchiveFormat.KEY_HEAD_BLAKE3, headDigest);
    try (IpcBuffer table = encoding.with(blobTable::encode)) {
      writeTable(table, ArchiveFormat.KEY_BLOB_TABLE, blobTable.size(), all);
    }
    try (IpcBuffer table = encoding.with(batches::encode)) {
      writeTable(table, ArchiveFormat.KEY_BATCH_DIRECTORY, batches.size(), all);
    }
    byte[] footer = footer(all);
    byte[] signed =
        Seal.signedBytes(minorVersion, position, position + Seal.LENGTH + footer.length);
    byte[] both =
        ByteBuffer.allocate(signed.length + footer.length).put(signed).put(footer).array();
    byte[] id = Blake3.digest(both);
    write(ByteBuffer.wrap(signed));
    write(ByteBuffer.wrap(id));
    write(ByteBuffer.wrap(footer));
    indexBytes += position - start;
    return hex(id);
  }

  private void writeTable(IpcBuffer table, String key, int rows, Map<String, String> metadata)
      throws IOException {
    if (table.length() > ArchiveFormat.MAX_TABLE_LENGTH) {
      throw new IOException(
          "the archive has too many parts: "
              + key
              + " takes "
              + table.length()
              + " bytes, the limit is "
              + ArchiveFormat.MAX_TABLE_LENGTH
              + "; use a larger --blob-size");
    }
    pad();
    byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
    hasher.hash(table.segment(), 0, table.length(), digest, 0);
    metadata.put(key + "offset", Long.toString(position));
    metadata.put(key + "length", Long.toString(table.length()));
    metadata.put(key + "rows", Integer.toString(rows));
    metadata.put(key + "blake3", hex(digest));
    write(table.segment().asByteBuffer());
    pad();
  }

  private byte[] footer(Map<String, String> metadata) {
    byte[] flatbuffer = IpcMessages.footer(encoding.schema(), batches, metadata);
    return ByteBuffer.allocate(flatbuffer.length + ArchiveFormat.FOOTER_TRAILER_LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(flatbuffer)
        .putInt(flatbuffer.length)
        .put(ArchiveFormat.arrowMagic())
        .array();
  }

  private void pad() throws IOException {
    int padding = (int) (ArchiveFormat.align(position) - position);
    if (padding > 0) {
      write(ByteBuffer.allocate(padding));
    }
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
