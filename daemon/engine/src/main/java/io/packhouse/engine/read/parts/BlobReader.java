package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Decoder;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import io.packhouse.engine.read.memory.SharedCache;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Blobs, read, checked, decoded and kept. Safe for concurrent use. */
public final class BlobReader implements AutoCloseable {
  private final ArchiveFile file;
  private final BlobTable table;
  private final ReadMemory memory;
  private final SharedCache<BufferPool.Buffer> cache;

  /** Reads the blobs of a table, and keeps decoded ones of up to {@code cacheBytes} in all. */
  public BlobReader(ArchiveFile file, BlobTable table, ReadMemory memory, long cacheBytes) {
    this.file = file;
    this.table = table;
    this.memory = memory;
    this.cache = new SharedCache<>(cacheBytes);
  }

  /** Where the blobs are. */
  public BlobTable table() {
    return table;
  }

  /** Fails where the file is closed. */
  public void ensureOpen() throws IOException {
    file.ensureOpen();
  }

  /** Whether a decoded blob of this length would be kept. */
  public boolean keeps(int decodedLength) {
    return decodedLength <= cache.limit() / 2;
  }

  /** The decoded bytes of a blob, from memory where they are there. The caller closes them. */
  public BufferPool.Buffer acquire(long ordinal) throws IOException {
    return cache.acquire(ordinal, () -> load(ordinal));
  }

  private BufferPool.Buffer load(long ordinal) throws IOException {
    requireCodec(ordinal);
    BufferPool.Buffer target = memory.buffers().take(table.decodedLength(ordinal));
    try {
      read(ordinal, target.segment());
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

  /** Decodes a blob into a segment of exactly its decoded length, which must be off-heap. */
  public void read(long ordinal, MemorySegment target) throws IOException {
    BlobCodec codec = requireCodec(ordinal);
    Place place = new Place(file.path(), table.offset(ordinal), "blob " + ordinal);
    int stored = table.storedLength(ordinal);
    Decoder decoder = memory.decoders().take();
    try {
      switch (codec) {
        case RAW -> {
          if (stored != target.byteSize()) {
            throw place.corrupt("decoded length of a raw blob", stored, target.byteSize());
          }
          file.read(table.offset(ordinal), target);
          decoder.check(target, table.digest(ordinal), place);
        }
        case ZSTD -> {
          try (BufferPool.Buffer source = memory.buffers().take(stored)) {
            file.read(table.offset(ordinal), source.segment());
            decoder.check(source.segment(), table.digest(ordinal), place);
            decoder.decodeFrame(source.segment(), target, place);
          }
        }
      }
    } finally {
      memory.decoders().give(decoder);
    }
  }

  /** Checks a blob: its digest, and that it decodes where its codec is known. */
  public void check(long ordinal) throws IOException {
    if (table.codec(ordinal) != null) {
      load(ordinal).close();
      return;
    }
    Place place = new Place(file.path(), table.offset(ordinal), "blob " + ordinal);
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
