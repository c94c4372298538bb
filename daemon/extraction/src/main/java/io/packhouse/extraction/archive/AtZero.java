package io.packhouse.extraction.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads to index 0 alone: the cpio of commons-compress sums up what is there wherever it reads to.
 */
final class AtZero extends FilterInputStream {

  private final byte[] buffer = new byte[16 << 10];

  AtZero(InputStream in) {
    super(in);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(buffer, 0, Math.min(length, buffer.length));
    if (read > 0) {
      System.arraycopy(buffer, 0, target, offset, read);
    }
    return read;
  }
}
