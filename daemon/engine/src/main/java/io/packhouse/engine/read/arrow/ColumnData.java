package io.packhouse.engine.read.arrow;

import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoded buffers of one column of one batch. Valid while the batch is held. All offsets were
 * checked when it was made, so that rows in [0, length) read inside the buffers.
 *
 * <p>Values are read through buffers, not segments: a short command runs as the first compiler
 * leaves it, which sees through buffers only.
 */
public final class ColumnData {
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final int MAX_LIST_VALUES = 1 << 20;

  private final Column column;
  private final int length;
  private final boolean allNull;
  // Null where no value is null.
  private final @Nullable ByteBuffer validity;
  private final ByteBuffer offsets;
  private final MemorySegment data;
  private final ByteBuffer dataBytes;
  private final List<ColumnData> children;
  private final Place place;

  ColumnData(
      Column column,
      int length,
      boolean allNull,
      @Nullable MemorySegment validity,
      MemorySegment offsets,
      MemorySegment data,
      List<ColumnData> children,
      Place place) {
    this.column = column;
    this.length = length;
    this.allNull = allNull;
    this.validity = validity == null ? null : bytes(validity);
    this.offsets = bytes(offsets);
    this.data = data;
    this.dataBytes = bytes(data);
    this.children = children;
    this.place = place;
  }

  private static ByteBuffer bytes(MemorySegment segment) {
    return segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Values, nulls included. */
  public int length() {
    return length;
  }

  boolean isAllNull() {
    return allNull;
  }

  /** Whether a value is null. */
  public boolean isNull(int row) {
    if (allNull) {
      return true;
    }
    ByteBuffer bits = validity;
    return bits != null && (bits.get(row >> 3) >> (row & 7) & 1) == 0;
  }

  /** Rows that are null. */
  public int countNulls() {
    int count = 0;
    for (int row = 0; row < length; row++) {
      count += isNull(row) ? 1 : 0;
    }
    return count;
  }

  /** Child of a struct or list. */
  public ColumnData child(int ordinal) {
    return children.get(ordinal);
  }

  /** Where a value starts in the data, or a list in its child. */
  public int start(int row) {
    return offsets.getInt(row * Integer.BYTES);
  }

  /** Where a list's elements, or a value's bytes, end. */
  public int end(int row) {
    return offsets.getInt((row + 1) * Integer.BYTES);
  }

  /** An integer; of a null row, 0 or whatever is there. */
  public long integer(int row) {
    if (allNull) {
      return 0;
    }
    long number =
        switch (column.width()) {
          case 8 -> dataBytes.getLong(row * Long.BYTES);
          case 4 -> dataBytes.getInt(row * Integer.BYTES);
          case 2 -> dataBytes.getShort(row * Short.BYTES);
          default -> dataBytes.get(row);
        };
    if (!column.signed() && column.width() < 8) {
      number &= (1L << (column.width() * 8)) - 1;
    }
    return number;
  }

  /** An integer, or {@code absent} where it is null. */
  public long integer(int row, long absent) {
    return isNull(row) ? absent : integer(row);
  }

  /** A boolean; false where it is null. */
  public boolean bool(int row) {
    return !allNull && (dataBytes.get(row >> 3) >> (row & 7) & 1) != 0;
  }

  /** The bytes of a value that is not null. */
  public byte[] bytes(int row) {
    int width = column.width();
    int start = width > 0 ? row * width : start(row);
    byte[] bytes = new byte[width > 0 ? width : end(row) - start];
    dataBytes.get(start, bytes);
    return bytes;
  }

  /** The bytes of a value, or null. */
  public byte @Nullable [] bytesOrNull(int row) {
    return isNull(row) ? null : bytes(row);
  }

  /** The text of a value, or null. */
  public @Nullable String text(int row) {
    return isNull(row) ? null : new String(bytes(row), StandardCharsets.UTF_8);
  }

  /** Copies the bytes of a fixed-size value. */
  public void copyTo(int row, MemorySegment target, long targetOffset) {
    MemorySegment.copy(data, (long) row * column.width(), target, targetOffset, column.width());
  }

  /** Refuses a column that must have no nulls and has some. */
  public void requireNoNulls(String name, Place of) throws IOException {
    if (validity != null || allNull) {
      int nulls = countNulls();
      if (nulls > 0) {
        throw of.corrupt("column " + name + " has " + nulls + " nulls, must have none");
      }
    }
  }

  /** Whether a text is valid UTF-8, as it must be. */
  public boolean isUtf8(int row) {
    int end = end(row);
    int at = start(row);
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      if ((dataBytes.getLong(at) & HIGH_BITS) != 0) {
        return PathText.isUtf8(bytes(row));
      }
    }
    for (; at < end; at++) {
      if (dataBytes.get(at) < 0) {
        return PathText.isUtf8(bytes(row));
      }
    }
    return true;
  }

  /** Compares a value's bytes as unsigned with others. */
  public int compare(int row, byte[] key) {
    return compare(row, MemorySegment.ofArray(key));
  }

  /** Compares a value's bytes as unsigned with others. */
  public int compare(int row, MemorySegment key) {
    int start = start(row);
    int end = end(row);
    long at = MemorySegment.mismatch(data, start, end, key, 0, key.byteSize());
    if (at < 0) {
      return 0;
    }
    if (at == end - start || at == key.byteSize()) {
      return Long.compare(end - start, key.byteSize());
    }
    return Integer.compare(
        dataBytes.get(start + (int) at) & 0xFF, key.get(ValueLayout.JAVA_BYTE, at) & 0xFF);
  }

  /**
   * A value as {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@code byte[]},
   * {@link List} or {@link Map}; null where it is null or of a type that this reader steps over.
   */
  public @Nullable Object value(int row) throws IOException {
    if (isNull(row)) {
      return null;
    }
    return switch (column.kind()) {
      case NULL, OTHER -> null;
      case BOOL -> bool(row);
      case INTEGER -> integer(row);
      case FLOAT ->
          column.width() == 4
              ? (double) dataBytes.getFloat(row * Float.BYTES)
              : dataBytes.getDouble(row * Double.BYTES);
      case FIXED_BINARY, BINARY -> bytes(row);
      case UTF8 -> text(row);
      case LIST -> list(row);
      case STRUCT -> struct(row);
    };
  }

  private List<@Nullable Object> list(int row) throws IOException {
    int start = start(row);
    int count = end(row) - start;
    if (count > MAX_LIST_VALUES) {
      throw place.corrupt(
          "list of " + count + " values in column " + column.name() + ", limit " + MAX_LIST_VALUES);
    }
    List<@Nullable Object> values = new ArrayList<>(count);
    for (int i = start; i < start + count; i++) {
      values.add(child(0).value(i));
    }
    return values;
  }

  private Map<String, @Nullable Object> struct(int row) throws IOException {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (ColumnData child : children) {
      values.put(child.column.name(), child.value(row));
    }
    return values;
  }
}
