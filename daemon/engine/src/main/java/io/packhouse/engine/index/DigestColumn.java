package io.packhouse.engine.index;

import java.io.IOException;
import java.util.Arrays;

/** Digests of one length. */
final class DigestColumn extends Column {
  private final int width;
  private byte[] digests = new byte[0];

  /**
   * @param width bytes of a digest
   */
  DigestColumn(String name, int width) {
    super(name);
    this.width = width;
  }

  /** Bytes of a digest. */
  int width() {
    return width;
  }

  /** Copies a digest from {@code offset}. */
  void set(int ordinal, byte[] source, int offset) throws IOException {
    require(ordinal + 1L);
    int end = end();
    if (ordinal > end) {
      Arrays.fill(digests, end * width, ordinal * width, (byte) 0);
    }
    System.arraycopy(source, offset, digests, ordinal * width, width);
    mark(ordinal);
  }

  @Override
  void put(int ordinal, Object value) {
    throw new IllegalArgumentException("no column of an extractor, column=" + name());
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    if (isEmpty()) {
      out.zeros((long) width * rows);
    } else {
      require(rows);
      Arrays.fill(digests, end() * width, rows * width, (byte) 0);
      out.digests(digests, rows * width);
    }
  }

  private void require(long count) throws IOException {
    if (count * width > digests.length) {
      digests = Arrays.copyOf(digests, grown(digests.length / width, count, width) * width);
    }
  }

  @Override
  void reset() {
    super.reset();
    if (digests.length > KEPT_LENGTH) {
      digests = new byte[0];
    }
  }
}
