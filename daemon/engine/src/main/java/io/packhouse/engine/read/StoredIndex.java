package io.packhouse.engine.read;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.TablePlace;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An archive's index and blob table as the Arrow messages that are stored, checked against their
 * digests and not decoded: for who hands them on to another Arrow reader. Safe for concurrent use;
 * not to be used once the archive is closed.
 */
public final class StoredIndex {

  /** Takes a message; both are valid during the call only. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Takes one.
     *
     * @param metadata the {@code Message} flatbuffer, padded, without what goes before it in a
     *     stream; little-endian
     * @param body as long as the metadata says, or longer by padding
     */
    void take(ByteBuffer metadata, ByteBuffer body) throws IOException;
  }

  /** The schema of the blob table takes less. */
  private static final int MAX_SCHEMA_LENGTH = 64 << 10;

  private final ArchiveParts parts;

  private StoredIndex(ArchiveParts parts) {
    this.parts = parts;
  }

  /** Of an open archive. */
  public static StoredIndex of(ArchiveReader reader) {
    return new StoredIndex(reader.parts());
  }

  /**
   * The metadata of the index's schema message.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if the head is damaged
   */
  public ByteBuffer schema() throws IOException {
    int length = Math.toIntExact(parts.footer().headLength());
    Place place = new Place(parts.file().path(), 0, "head");
    byte[] head = parts.file().readBytes(0, length);
    try (BufferPool.Buffer buffer = parts.memory().buffers().take(length)) {
      MemorySegment bytes = buffer.segment().copyFrom(MemorySegment.ofArray(head));
      parts.memory().decoders().check(bytes, parts.footer().headDigest(), place);
    }
    int from = ArchiveFormat.HEAD_MAGIC_LENGTH + ArrowMessage.PREFIX_LENGTH;
    return ByteBuffer.wrap(head, from, length - from).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The rows of the batch directory: one a batch, in file order. */
  public List<DirectoryRow> batches() {
    return parts.index().directory().rows();
  }

  /**
   * Reads a batch.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if it is damaged
   */
  public void batch(DirectoryRow row, Taker taker) throws IOException {
    Place place = row.place(parts.file().path());
    try (BufferPool.Buffer buffer = parts.memory().buffers().take(row.length())) {
      MemorySegment bytes = buffer.segment();
      parts.file().read(row.offset(), bytes);
      parts.memory().decoders().check(bytes, row.blake3(), place);
      give(bytes, 0, ArrowMessage.parse(bytes, 0, place), taker);
    }
  }

  /**
   * The metadata of the blob table's schema message, without a look at the table's digest: for who
   * describes it. {@link #blobTable} checks.
   */
  public ByteBuffer blobSchema() throws IOException {
    TablePlace table = parts.footer().blobTable();
    Place place = new Place(parts.file().path(), table.offset(), table.what());
    int length = Math.min(table.length(), MAX_SCHEMA_LENGTH);
    byte[] bytes = parts.file().readBytes(table.offset(), length);
    ArrowMessage message = ArrowMessage.parse(MemorySegment.ofArray(bytes), 0, place);
    int from = ArrowMessage.PREFIX_LENGTH;
    return ByteBuffer.wrap(bytes, from, Math.toIntExact(message.length()) - from)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Rows of the blob table. */
  public int blobCount() {
    return parts.footer().blobTable().rows();
  }

  /**
   * Reads all messages of the blob table: its schema, then its batches.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if it is damaged
   */
  public void blobTable(Taker taker) throws IOException {
    TablePlace table = parts.footer().blobTable();
    Place place = new Place(parts.file().path(), table.offset(), table.what());
    try (BufferPool.Buffer buffer = parts.memory().buffers().take(table.length())) {
      MemorySegment bytes = buffer.segment();
      parts.file().read(table.offset(), bytes);
      parts.memory().decoders().check(bytes, table.blake3(), place);
      for (long at = 0; at < bytes.byteSize(); ) {
        ArrowMessage message = ArrowMessage.parse(bytes, at, place);
        if (message.isEnd()) {
          return;
        }
        give(bytes, at, message, taker);
        at += message.length();
      }
    }
  }

  private static void give(MemorySegment bytes, long at, ArrowMessage message, Taker taker)
      throws IOException {
    MemorySegment body = message.body();
    long from = at + ArrowMessage.PREFIX_LENGTH;
    long metadata = at + message.length() - body.byteSize() - from;
    taker.take(
        bytes.asSlice(from, metadata).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN),
        body.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
  }
}
