package io.packhouse.engine.index;

import io.packhouse.engine.format.ArchiveFormat;
import java.io.IOException;
import java.util.Arrays;

/**
 * Cells of one column of a batch, set in ascending order of their ordinals; those that are left out
 * are null. Filled again and again by one thread, so its arrays are made once.
 *
 * <p>A column costs nothing for a row in which it is null, and columns that are null in all rows or
 * in none, which is most, never touch a validity bitmap.
 */
abstract class Column {
  /** Arrays longer than this are not kept for the next batch. */
  static final int KEPT_LENGTH = 4 << 20;

  private final String name;
  private byte[] validity = new byte[0];

  /** Whether {@link #validity} is kept: once a cell was left out before one that was set. */
  private boolean holes;

  private int end;
  private int present;

  /**
   * @param name with the names of the fields it is in, for messages
   */
  Column(String name) {
    this.name = name;
  }

  /** Makes the column of a field. */
  static Column of(Field field, String prefix) {
    String name = prefix + field.name();
    return switch (field.kind()) {
      case UTF8, BINARY -> new TextColumn(name);
      case BOOL -> new BitColumn(name);
      case INT32 -> new IntColumn(name);
      case INT64, TIMESTAMP -> new LongColumn(name);
      case DIGEST_20, DIGEST, DIGEST_64 -> new DigestColumn(name, field.kind().width());
      case LIST -> new ListColumn(name, of(field.children().getFirst(), name + "."));
      case STRUCT -> new StructColumn(name, field.children());
    };
  }

  /** Makes the columns of a table, in their order. */
  static Column[] of(TableSchema schema) {
    Column[] columns = new Column[schema.fields().size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = of(schema.fields().get(i), "");
    }
    return columns;
  }

  final String name() {
    return name;
  }

  /** After the last cell that was set. */
  final int end() {
    return end;
  }

  /** Says that cell {@code ordinal} has a value, once that is in place. */
  final void mark(int ordinal) {
    if (ordinal != end) {
      skip(ordinal);
    }
    if (holes) {
      if (ordinal >> 3 >= validity.length) {
        validity = Arrays.copyOf(validity, Math.max(512, validity.length * 2));
      }
      validity[ordinal >> 3] |= (byte) (1 << (ordinal & 7));
    }
    end = ordinal + 1;
    present++;
  }

  private void skip(int ordinal) {
    if (ordinal < end) {
      throw new IllegalArgumentException(
          "cells are set in order, column=" + name + ", ordinal=" + ordinal + ", next=" + end);
    }
    if (!holes) {
      keepValidity();
    }
    int bytes = (ordinal >> 3) + 1;
    if (bytes > validity.length) {
      validity = Arrays.copyOf(validity, Math.max(bytes, Math.max(512, validity.length * 2)));
    }
  }

  private void keepValidity() {
    int bytes = (end + 7) >> 3;
    if (bytes > validity.length) {
      validity = new byte[Math.max(512, bytes)];
    } else {
      Arrays.fill(validity, (byte) 0);
    }
    Arrays.fill(validity, 0, end >> 3, (byte) 0xff);
    if ((end & 7) != 0) {
      validity[end >> 3] = (byte) ((1 << (end & 7)) - 1);
    }
    holes = true;
  }

  /** Sets a cell from the value that an extractor gave. */
  abstract void put(int ordinal, Object value) throws IOException;

  /** Appends node and buffers of this column and those in it, then forgets all cells. */
  final void write(int rows, RecordBatchWriter out) throws IOException {
    out.node(rows, rows - present);
    int bytes = (rows + 7) >> 3;
    if (present == 0) {
      out.zeros(bytes);
    } else if (present == rows) {
      out.ones(rows);
    } else {
      if (!holes) {
        keepValidity();
      }
      if (validity.length < bytes) {
        validity = Arrays.copyOf(validity, bytes);
      }
      out.bits(validity, bytes);
    }
    writeData(rows, out);
    reset();
  }

  /** Appends all buffers but the validity. */
  abstract void writeData(int rows, RecordBatchWriter out) throws IOException;

  final boolean isEmpty() {
    return present == 0;
  }

  /** Forgets all cells. */
  void reset() {
    holes = false;
    end = 0;
    present = 0;
  }

  /**
   * The length of a longer array, at least twice as long where that may be.
   *
   * @param needed elements
   * @param width bytes of an element
   * @throws IOException if readers would refuse a buffer with so many
   */
  final int grown(int capacity, long needed, int width) throws IOException {
    int limit = ArchiveFormat.MAX_DECODED_BUFFER_LENGTH / width;
    if (needed > limit) {
      throw new IOException(
          "column "
              + name
              + " of one batch takes "
              + needed * width
              + " bytes, the limit is "
              + ArchiveFormat.MAX_DECODED_BUFFER_LENGTH);
    }
    return (int) Math.min(limit, Math.max(needed, Math.max(1024, capacity * 2L)));
  }
}
