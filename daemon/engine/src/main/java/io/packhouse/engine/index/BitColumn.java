package io.packhouse.engine.index;

import java.io.IOException;
import java.util.Arrays;

/** True or false. */
final class BitColumn extends Column {
  private byte[] bits = new byte[0];

  /** Bytes of {@link #bits} that may not be zero. */
  private int used;

  BitColumn(String name) {
    super(name);
  }

  void set(int ordinal, boolean value) throws IOException {
    if (value) {
      require((ordinal >> 3) + 1);
      bits[ordinal >> 3] |= (byte) (1 << (ordinal & 7));
      used = (ordinal >> 3) + 1;
    }
    mark(ordinal);
  }

  @Override
  void put(int ordinal, Object value) throws IOException {
    set(ordinal, (boolean) value);
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    int bytes = (rows + 7) >> 3;
    if (used == 0) {
      out.zeros(bytes);
    } else {
      require(bytes);
      out.bits(bits, bytes);
    }
  }

  private void require(int bytes) throws IOException {
    if (bytes > bits.length) {
      bits = Arrays.copyOf(bits, grown(bits.length, bytes, 1));
    }
  }

  @Override
  void reset() {
    super.reset();
    Arrays.fill(bits, 0, used, (byte) 0);
    used = 0;
  }
}
