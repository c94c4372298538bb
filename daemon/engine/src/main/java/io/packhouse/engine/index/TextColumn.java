package io.packhouse.engine.index;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** UTF-8 text, or bytes. */
final class TextColumn extends Column {
  /** Where each cell ends; the first element is 0. */
  private int[] offsets = new int[0];

  private byte[] data = new byte[0];
  private int length;

  /** The text that was set last: owners and repositories are one object in row after row. */
  private @Nullable String last;

  private byte[] lastBytes = new byte[0];

  TextColumn(String name) {
    super(name);
  }

  void set(int ordinal, byte[] value) throws IOException {
    requireOffsets(ordinal + 2L);
    long needed = (long) length + value.length;
    if (needed > data.length) {
      data = Arrays.copyOf(data, grown(data.length, needed, 1));
    }
    int end = end();
    if (ordinal > end) {
      Arrays.fill(offsets, end + 1, ordinal + 1, length);
    }
    System.arraycopy(value, 0, data, length, value.length);
    length += value.length;
    offsets[ordinal + 1] = length;
    mark(ordinal);
  }

  /** Leaves the cell null where the value is. */
  @SuppressWarnings("ReferenceEquality") // equal texts that are not the same are encoded again
  void set(int ordinal, @Nullable String value) throws IOException {
    if (value == null) {
      return;
    }
    if (value != last) {
      lastBytes = value.getBytes(StandardCharsets.UTF_8);
      last = value;
    }
    set(ordinal, lastBytes);
  }

  @Override
  void put(int ordinal, Object value) throws IOException {
    set(ordinal, (String) value);
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    if (length == 0) {
      out.zeros(4L * (rows + 1L));
      out.zeros(0);
    } else {
      requireOffsets(rows + 1L);
      Arrays.fill(offsets, end() + 1, rows + 1, length);
      out.offsets(offsets, rows + 1);
      out.text(data, length);
    }
  }

  private void requireOffsets(long count) throws IOException {
    if (count > offsets.length) {
      offsets = Arrays.copyOf(offsets, grown(offsets.length, count, 4));
    }
  }

  @Override
  void reset() {
    super.reset();
    length = 0;
    last = null;
    if (data.length > KEPT_LENGTH) {
      data = new byte[0];
    }
    if (offsets.length > KEPT_LENGTH / 4) {
      offsets = new int[0];
    }
  }
}
