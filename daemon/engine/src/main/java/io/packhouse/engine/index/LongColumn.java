package io.packhouse.engine.index;

import java.io.IOException;
import java.util.Arrays;

/** Integers of 64 bits, or times. */
final class LongColumn extends Column {
  private long[] values = new long[0];

  LongColumn(String name) {
    super(name);
  }

  void set(int ordinal, long value) throws IOException {
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
    set(ordinal, (long) value);
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    if (isEmpty()) {
      out.zeros(8L * rows);
    } else {
      require(rows);
      Arrays.fill(values, end(), rows, 0);
      out.longs(values, rows);
    }
  }

  private void require(long count) throws IOException {
    if (count > values.length) {
      values = Arrays.copyOf(values, grown(values.length, count, 8));
    }
  }

  @Override
  void reset() {
    super.reset();
    if (values.length > KEPT_LENGTH / 8) {
      values = new long[0];
    }
  }
}
