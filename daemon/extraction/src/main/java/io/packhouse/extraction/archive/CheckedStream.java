package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * What comes out of a decoder: counted against the budget, its exceptions explained. After its
 * first failure it repeats that one.
 */
final class CheckedStream extends InputStream {

  private static final int PIECE = 64 << 10;

  private final InputStream decoder;
  private final String what;
  private final Budget budget;
  private final Faults faults;
  private final boolean counted;
  private boolean closed;

  /**
   * Owns the decoder.
   *
   * @param what for messages, such as "gzip stream"
   * @param counted whether the bytes count as inflated
   */
  CheckedStream(InputStream decoder, String what, Budget budget, Faults faults, boolean counted) {
    this.decoder = decoder;
    this.what = what;
    this.budget = budget;
    this.faults = faults;
    this.counted = counted;
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
    if (closed) {
      throw new IOException("stream is closed");
    }
    if (length == 0) {
      return 0;
    }
    try {
      int read = decoder.read(target, offset, Math.min(length, PIECE));
      // A decoder may take a failure below it for the end.
      faults.check();
      if (read == 0) {
        throw new ExtractionException(what + " is damaged: it does not go on");
      }
      if (read > 0) {
        if (counted) {
          budget.inflated(read);
        } else {
          budget.moved(read);
        }
      }
      return read;
    } catch (ExtractionException e) {
      throw faults.note(e);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw faults.explain(what, e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Closing.quietly(decoder);
    }
  }
}
