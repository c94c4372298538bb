package io.packhouse.engine.index;

import io.packhouse.engine.format.ArchiveFormat;
import java.io.IOException;
import java.util.Arrays;

/** Digests of 32 bytes. */
final class DigestColumn extends Column {
  private static final int WIDTH = ArchiveFormat.DIGEST_LENGTH;

  private byte[] digests = new byte[0];

  DigestColumn(String name) {
    super(name);
  }

  /** Copies 32 bytes from {@code offset}. */
  void set(int ordinal, byte[] source, int offset) throws IOException {
    require(ordinal + 1L);
    int end = end();
    if (ordinal > end) {
      Arrays.fill(digests, end * WIDTH, ordinal * WIDTH, (byte) 0);
    }
    System.arraycopy(source, offset, digests, ordinal * WIDTH, WIDTH);
    mark(ordinal);
  }

  @Override
  void put(int ordinal, Object value) {
    throw new IllegalArgumentException("no column of an extractor, column=" + name());
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    if (isEmpty()) {
      out.zeros((long) WIDTH * rows);
    } else {
      require(rows);
      Arrays.fill(digests, end() * WIDTH, rows * WIDTH, (byte) 0);
      out.digests(digests, rows * WIDTH);
    }
  }

  private void require(long count) throws IOException {
    if (count * WIDTH > digests.length) {
      digests = Arrays.copyOf(digests, grown(digests.length / WIDTH, count, WIDTH) * WIDTH);
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
