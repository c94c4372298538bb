package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Takes large pieces from a decoder for a reader of many small ones, such as headers of tar: each
 * step of a decoder costs the same however little it decodes. The pieces begin small, since of most
 * archives an extractor looks only at the first members.
 */
final class ReadAhead extends InputStream {

  private static final int FIRST = 4 << 10;
  private static final int LARGEST = 64 << 10;

  private final CheckedStream in;
  private final Faults faults;
  private byte[] buffer = new byte[FIRST];
  private int position;
  private int end;
  private long allowance = Long.MAX_VALUE;

  /** Owns the stream. */
  ReadAhead(CheckedStream in, Faults faults) {
    this.in = in;
    this.faults = faults;
  }

  /** As {@link Source#allow}. */
  void allow(long bytes) {
    allowance = bytes;
  }

  /**
   * The first bytes, which stay to be read; fewer where there are no more. To be called before
   * anything is read.
   */
  byte[] head(int length) throws IOException {
    while (end < length) {
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        break;
      }
      end += read;
    }
    return Arrays.copyOf(buffer, Math.min(end, length));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    faults.check();
    if (length == 0) {
      return 0;
    }
    if (allowance <= 0) {
      throw faults.note(new ExtractionException("archive has a header larger than the limit"));
    }
    int wanted = (int) Math.min(length, allowance);
    int read;
    if (position < end) {
      read = copy(target, offset, wanted);
    } else if (wanted >= buffer.length) {
      read = in.read(target, offset, wanted);
    } else {
      read = fill() ? copy(target, offset, wanted) : -1;
    }
    allowance -= Math.max(0, read);
    return read;
  }

  private int copy(byte[] target, int offset, int wanted) {
    int length = Math.min(wanted, end - position);
    System.arraycopy(buffer, position, target, offset, length);
    position += length;
    return length;
  }

  /** One read of the decoder, so that damage further on shows only to who comes there. */
  private boolean fill() throws IOException {
    if (end == buffer.length && buffer.length < LARGEST) {
      buffer = new byte[4 * buffer.length];
    }
    position = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    return end > 0;
  }

  @Override
  public void close() {
    in.close();
  }
}
