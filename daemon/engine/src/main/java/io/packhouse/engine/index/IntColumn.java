package io.packhouse.engine.index;

import java.io.IOException;
import java.util.Arrays;

/** Integers of 32 bits. */
final class IntColumn extends Column {
  private int[] values = new int[0];

  IntColumn(String name) {
    super(name);
  }

  void set(int ordinal, int value) throws IOException {
    require(ordinal + 1L);
    int end = end();
    if (ordinal > end) {
      Arrays.fill(values, end, ordinal, 0);
    }
    values[ordinal] = value;
    mark(ordinal);
  }

  @Override
  void put(int ordinal, Object value) throws IOException {
    set(ordinal, (int) value);
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    if (isEmpty()) {
      out.zeros(4L * rows);
    } else {
      require(rows);
      Arrays.fill(values, end(), rows, 0);
      out.ints(values, rows);
    }
  }

  private void require(long count) throws IOException {
    if (count > values.length) {
      values = Arrays.copyOf(values, grown(values.length, count, 4));
    }
  }

  @Override
  void reset() {
    super.reset();
    if (values.length > KEPT_LENGTH / 4) {
      values = new int[0];
    }
  }
}
