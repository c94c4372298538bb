package io.packhouse.engine.read.parts;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.CacheStore;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import io.packhouse.engine.read.memory.SharedCache;
import io.packhouse.engine.read.parts.IndexColumns.Core;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Batches of the index, read, checked and kept. Safe for concurrent use. */
public final class IndexReader implements AutoCloseable {
  private final ArchiveFile file;
  private final IndexColumns columns;
  private final BatchDirectory directory;
  private final ReadMemory memory;
  private final SharedCache<ArrowBatch> cache;

  IndexReader(
      ArchiveFile file,
      IndexColumns columns,
      BatchDirectory directory,
      ReadMemory memory,
      CacheStore store) {
    this.file = file;
    this.columns = columns;
    this.directory = directory;
    this.memory = memory;
    this.cache = new SharedCache<>(store);
  }

  /** The columns of every batch. */
  public IndexColumns columns() {
    return columns;
  }

  /** Where the batches are. */
  public BatchDirectory directory() {
    return directory;
  }

  /** Bytes of batches that are kept. */
  public long cachedBytes() {
    return cache.bytes();
  }

  /** A batch, checked against its digest. The caller closes it. */
  public ArrowBatch acquire(DirectoryRow row) throws IOException {
    return cache.acquire(row.ordinal(), () -> load(row));
  }

  /** Lets go of a batch whose columns were used. */
  public void release(DirectoryRow row, ArrowBatch batch) {
    cache.recharge(row.ordinal(), batch);
    batch.close();
  }

  private ArrowBatch load(DirectoryRow row) throws IOException {
    Place place = row.place(file.path());
    try (BufferPool.Buffer buffer = memory.buffers().take(row.length())) {
      MemorySegment bytes = buffer.segment();
      file.read(row.offset(), bytes);
      memory.decoders().check(bytes, row.blake3(), place);
      ArrowMessage message = ArrowMessage.parse(bytes, 0, place);
      if (message.length() != row.length()) {
        throw place.corrupt("length of the Arrow message", row.length(), message.length());
      }
      ArrowBatch batch = ArrowBatch.parse(buffer, message, columns.set(), place, memory);
      if (batch.rows() != row.rows()) {
        int rows = batch.rows();
        batch.close();
        throw place.corrupt("rows", row.rows(), rows);
      }
      return batch;
    }
  }

  /**
   * Number of the row with this path, or where it would be: −1 − that. Decodes the path columns
   * only. In a batch whose rows are out of order it may miss rows, but finds no wrong one.
   */
  public int search(ArrowBatch batch, byte[] path) throws IOException {
    ColumnData paths = batch.column(columns.of(Core.PATH));
    ColumnData raws = batch.column(columns.of(Core.PATH_RAW));
    paths.requireNoNulls(Core.PATH.column(), batch.place());
    MemorySegment key = MemorySegment.ofArray(path);
    int low = 0;
    int high = batch.rows() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = (raws.isNull(middle) ? paths : raws).compare(middle, key);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low;
  }

  /**
   * The extents of the file in a row, as {@link RowReader#extents} gives them.
   *
   * @param number of the row, counted through the batches in the order of the directory
   * @return null where there is no such row, or it has not this size and this digest
   */
  long @Nullable [] extents(long number, long size, byte @Nullable [] digest) throws IOException {
    DirectoryRow directoryRow = directory.batchOf(number);
    if (directoryRow == null || digest == null) {
      return null;
    }
    int row = (int) (number - directory.firstRow(directoryRow.ordinal()));
    ArrowBatch batch = acquire(directoryRow);
    try {
      boolean same =
          batch.column(columns.of(Core.SIZE)).integer(row) == size
              && Arrays.equals(batch.column(columns.of(Core.BLAKE3)).bytesOrNull(row), digest);
      return same ? RowReader.extents(batch.column(columns.of(Core.EXTENTS)), row) : null;
    } finally {
      release(directoryRow, batch);
    }
  }

  /** Values of the columns that are not core. */
  public Map<String, Object> furtherValues(DirectoryRow row, int ordinal) throws IOException {
    ArrowBatch batch = acquire(row);
    try {
      Map<String, Object> values = new LinkedHashMap<>();
      for (Column column : columns.further()) {
        Object value = batch.column(column).value(ordinal);
        if (value != null) {
          values.put(column.name(), value);
        }
      }
      return values;
    } finally {
      release(row, batch);
    }
  }

  /** The digest of a row's contents; null where the row or the index has none of this kind. */
  public byte @Nullable [] digest(DirectoryRow row, int ordinal, DigestAlgorithm algorithm)
      throws IOException {
    Column column = columns.of(algorithm);
    if (column == null) {
      return null;
    }
    ArrowBatch batch = acquire(row);
    try {
      return batch.column(column).bytesOrNull(ordinal);
    } finally {
      release(row, batch);
    }
  }

  @Override
  public void close() {
    cache.close();
  }
}
