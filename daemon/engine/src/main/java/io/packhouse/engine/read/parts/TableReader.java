package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.arrow.ColumnSet;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Reads a table of the archive: an Arrow IPC stream whose digest the footer has. */
final class TableReader {
  /** Takes the batches of a table, in order. */
  interface Rows {
    /** Checks the columns. Called once, before any batch. */
    void columns(ColumnSet columns, Place place) throws IOException;

    /** Takes a batch; it is valid during the call. */
    void batch(ArrowBatch batch, Place place) throws IOException;
  }

  private final ArchiveFile file;
  private final ReadMemory memory;
  private final long limit;

  /** Refuses tables of more than {@code limit} bytes. */
  TableReader(ArchiveFile file, ReadMemory memory, long limit) {
    this.file = file;
    this.memory = memory;
    this.limit = limit;
  }

  void read(TablePlace table, Rows rows) throws IOException {
    Place place = new Place(file.path(), table.offset(), table.what());
    checkLimit(table.length(), table.what());
    try (BufferPool.Buffer buffer = memory.buffers().take(table.length())) {
      MemorySegment bytes = buffer.segment();
      file.read(table.offset(), bytes);
      memory.decoders().check(bytes, table.blake3(), place);
      ArrowMessage schema = ArrowMessage.parse(bytes, 0, place);
      ColumnSet columns = schema.schema(place);
      rows.columns(columns, place);
      long at = schema.length();
      long count = 0;
      while (true) {
        ArrowMessage message = ArrowMessage.parse(bytes, at, place);
        at += message.length();
        if (message.isEnd()) {
          break;
        }
        try (ArrowBatch batch = ArrowBatch.parse(buffer, message, columns, place, memory)) {
          count += batch.rows();
          if (count > table.rows()) {
            throw place.corrupt("rows", table.rows(), "more");
          }
          rows.batch(batch, place);
        }
      }
      if (count != table.rows()) {
        throw place.corrupt("rows", table.rows(), count);
      }
      if (at != bytes.byteSize()) {
        throw place.corrupt("end of the Arrow stream", bytes.byteSize(), at);
      }
    }
  }

  /** Refuses a table that would take this much memory. */
  void checkLimit(long bytes, String what) throws IOException {
    if (bytes > limit) {
      throw new UnsupportedFormatException(
          file.path(),
          "its "
              + what
              + " takes "
              + bytes
              + " bytes of memory, this reader is limited to "
              + limit);
    }
  }
}
