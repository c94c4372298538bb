package io.packhouse.engine.read.parts;

import io.packhouse.engine.codec.blake3.PieceHasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.CacheStore;
import io.packhouse.engine.read.memory.Decoder;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import io.packhouse.engine.read.memory.SharedCache;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** Blobs, read, checked, decoded and kept. Safe for concurrent use. */
public final class BlobReader implements AutoCloseable {
  /** A rest of less than one part in this many is not worth leaving out. */
  private static final int WORTHWHILE_REST = 4;

  private static final int RECENT_BLOBS = 64;

  private final ArchiveFile file;
  private final BlobTable table;
  private final ReadMemory memory;
  private final SharedCache<BufferPool.Buffer> cache;

  /** Ordinals + 1 of blobs that were decoded in part lately, at the ordinal modulo the length. */
  private final AtomicLongArray recent = new AtomicLongArray(RECENT_BLOBS);

  /** Reads the blobs of a table, and keeps decoded ones in {@code store}. */
  public BlobReader(ArchiveFile file, BlobTable table, ReadMemory memory, CacheStore store) {
    this.file = file;
    this.table = table;
    this.memory = memory;
    this.cache = new SharedCache<>(store);
  }

  /** The file that has them. */
  public ArchiveFile file() {
    return file;
  }

  /** Where the blobs are. */
  public BlobTable table() {
    return table;
  }

  /** Fails where the file is closed. */
  public void ensureOpen() throws IOException {
    file.ensureOpen();
  }

  /** Memory to bring parts of blobs together in. The caller closes it. */
  public BufferPool.Buffer newBuffer(long length) {
    return memory.buffers().take(length);
  }

  /** Whether a decoded blob of this length would be kept. */
  public boolean keeps(int decodedLength) {
    return decodedLength <= cache.limit() / 2;
  }

  /** The decoded bytes of a blob, from memory where they are there. The caller closes them. */
  public BufferPool.Buffer acquire(long ordinal) throws IOException {
    return cache.acquire(ordinal, () -> load(ordinal, table.decodedLength(ordinal)));
  }

  /**
   * The first bytes of a decoded blob, {@code end} of them or more. The caller closes them.
   *
   * <p>The first file that is wanted of a frame gets the frame decoded up to that file's end, which
   * is half of it on average, and nothing is kept; the second gets all of it decoded and kept.
   */
  public BufferPool.Buffer acquire(long ordinal, long end) throws IOException {
    int decoded = table.decodedLength(ordinal);
    if (table.codec(ordinal) != BlobCodec.ZSTD || end > decoded - decoded / WORTHWHILE_REST) {
      return acquire(ordinal);
    }
    BufferPool.Buffer present = cache.acquireIfPresent(ordinal);
    if (present != null) {
      return present;
    }
    int recentPlace = Math.floorMod(ordinal, RECENT_BLOBS);
    if (recent.getAndSet(recentPlace, ordinal + 1) == ordinal + 1) {
      return acquire(ordinal);
    }
    return load(ordinal, end);
  }

  /** The first {@code length} bytes of a decoded blob: of a raw one, all. */
  private BufferPool.Buffer load(long ordinal, long length) throws IOException {
    BlobCodec codec = requireCodec(ordinal);
    BufferPool.Buffer target = memory.buffers().take(length);
    try {
      decode(ordinal, codec, target.segment());
      return target;
    } catch (Throwable t) {
      target.close();
      throw t;
    }
  }

  private BlobCodec requireCodec(long ordinal) throws IOException {
    BlobCodec codec = table.codec(ordinal);
    if (codec == null) {
      throw new UnsupportedFormatException(
          file.path(),
          "blob "
              + ordinal
              + " at offset "
              + table.offset(ordinal)
              + " is of codec "
              + table.codecLabel(ordinal)
              + ", which this packhouse does not know; use a newer one");
    }
    return codec;
  }

  /** Reads a blob's stored bytes, which are checked, into a segment of exactly their length. */
  public void readStored(long ordinal, MemorySegment target) throws IOException {
    if (target.byteSize() != table.storedLength(ordinal)) {
      throw new IllegalArgumentException("target has " + target.byteSize() + " bytes");
    }
    file.read(table.offset(ordinal), target);
    memory.decoders().check(target, table.digest(ordinal), place(ordinal));
  }

  /** Decodes a blob into a segment of exactly its decoded length, which must be off-heap. */
  public void read(long ordinal, MemorySegment target) throws IOException {
    BlobCodec codec = requireCodec(ordinal);
    if (codec == BlobCodec.ZSTD && target.byteSize() != table.decodedLength(ordinal)) {
      throw new IllegalArgumentException("target has " + target.byteSize() + " bytes");
    }
    decode(ordinal, codec, target);
  }

  private void decode(long ordinal, BlobCodec codec, MemorySegment target) throws IOException {
    Place place = place(ordinal);
    int stored = table.storedLength(ordinal);
    Decoder decoder = memory.decoders().take();
    try {
      switch (codec) {
        case RAW -> {
          requireStored(place, stored, target.byteSize());
          file.read(table.offset(ordinal), target);
          decoder.check(target, table.digest(ordinal), place);
        }
        case ZSTD -> {
          try (BufferPool.Buffer source = memory.buffers().take(stored)) {
            file.read(table.offset(ordinal), source.segment());
            decoder.check(source.segment(), table.digest(ordinal), place);
            int decoded = table.decodedLength(ordinal);
            if (target.byteSize() == decoded) {
              decoder.decodeFrame(source.segment(), target, place);
            } else {
              decoder.decodePrefix(source.segment(), target, decoded, place);
            }
          }
        }
      }
    } finally {
      memory.decoders().give(decoder);
    }
  }

  private static void requireStored(Place place, int stored, long decoded) throws IOException {
    if (stored != decoded) {
      throw place.corrupt("decoded length of a raw blob", stored, decoded);
    }
  }

  /**
   * Reads bytes of a raw blob without a check: for whoever checks the digest of a whole file that
   * they are of.
   *
   * @param start of the bytes in the blob, which has as many as {@code target} from there
   */
  public void readUnchecked(long ordinal, long start, MemorySegment target) throws IOException {
    if (table.codec(ordinal) != BlobCodec.RAW) {
      throw new IllegalArgumentException("blob must be raw, ordinal=" + ordinal);
    }
    int stored = table.storedLength(ordinal);
    requireStored(place(ordinal), stored, table.decodedLength(ordinal));
    Objects.checkFromIndexSize(start, target.byteSize(), stored);
    file.read(table.offset(ordinal) + start, target);
  }

  /**
   * Checks a raw blob that is a slice of a file, and hashes it as that, in one go through a buffer
   * that stays in the processor's cache; nothing is kept.
   *
   * @param chunkCounter number of its first chunk in the file
   * @param value gets its chaining value in the file at {@code valueOffset}
   */
  public void checkSlice(long ordinal, long chunkCounter, byte[] value, int valueOffset)
      throws IOException {
    checkRaw(ordinal, chunkCounter, value, valueOffset);
  }

  private void checkRaw(long ordinal, long chunkCounter, byte @Nullable [] value, int valueOffset)
      throws IOException {
    int length = table.decodedLength(ordinal);
    Decoder decoder = memory.decoders().take();
    try (BufferPool.Buffer buffer =
        memory.buffers().take(Math.min(length, PieceHasher.PIECE_LENGTH))) {
      PieceHasher own = new PieceHasher(decoder.hasher());
      own.begin(length, 0);
      // The first slice of a file has the chunks of the blob; further ones differ in their numbers.
      PieceHasher slice = own;
      if (value != null && chunkCounter > 0) {
        slice = new PieceHasher(decoder.hasher());
        slice.begin(length, chunkCounter);
      }
      long at = 0;
      for (int piece = own.nextLength(); piece > 0; piece = own.nextLength()) {
        readUnchecked(ordinal, at, buffer.segment().asSlice(0, piece));
        own.add(buffer.segment(), 0);
        if (slice != own) {
          slice.add(buffer.segment(), 0);
        }
        at += piece;
      }
      byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
      own.digest(digest, 0);
      Decoder.requireEqual(table.digest(ordinal), digest, place(ordinal));
      if (value != null) {
        slice.chainingValue(value, valueOffset);
      }
    } finally {
      memory.decoders().give(decoder);
    }
  }

  private Place place(long ordinal) {
    return new Place(file.path(), table.offset(ordinal), "blob " + ordinal);
  }

  /** Checks a blob: its digest, and that it decodes where its codec is known. */
  public void check(long ordinal) throws IOException {
    BlobCodec codec = table.codec(ordinal);
    if (codec == BlobCodec.RAW && table.decodedLength(ordinal) > PieceHasher.PIECE_LENGTH) {
      checkRaw(ordinal, 0, null, 0);
      return;
    }
    if (codec != null) {
      load(ordinal, table.decodedLength(ordinal)).close();
      return;
    }
    Place place = place(ordinal);
    try (BufferPool.Buffer source = memory.buffers().take(table.storedLength(ordinal))) {
      file.read(table.offset(ordinal), source.segment());
      memory.decoders().check(source.segment(), table.digest(ordinal), place);
    }
  }

  @Override
  public void close() {
    cache.close();
  }
}
