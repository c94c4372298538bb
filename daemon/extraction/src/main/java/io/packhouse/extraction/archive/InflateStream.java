package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Raw deflate (RFC 1951), inflated from pieces of the source without a copy. At its end the source
 * is right behind the last byte of the stream.
 */
final class InflateStream extends InputStream {

  private final Source source;
  private final Inflater inflater = new Inflater(true);
  private boolean done;

  InflateStream(Source source) {
    this.source = source;
  }

  /** Begins another stream where the last one ended. */
  void restart() {
    inflater.reset();
    done = false;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (done || length == 0) {
      return done ? -1 : 0;
    }
    try {
      while (true) {
        int inflated = inflater.inflate(target, offset, length);
        if (inflater.finished()) {
          done = true;
          source.unread(inflater.getRemaining());
          return inflated == 0 ? -1 : inflated;
        }
        if (inflated > 0) {
          return inflated;
        }
        if (inflater.needsDictionary()) {
          throw new IOException("it wants a dictionary");
        }
        if (inflater.needsInput()) {
          if (source.remaining() == 0) {
            throw new IOException("it ends early");
          }
          ByteBuffer piece = source.piece();
          inflater.setInput(piece);
        }
      }
    } catch (DataFormatException e) {
      throw source
          .faults()
          .note(new ExtractionException("deflate stream is damaged: " + reason(e), e));
    }
  }

  private static String reason(DataFormatException e) {
    String message = e.getMessage();
    return message == null ? "no such block" : message;
  }

  @Override
  public void close() {
    inflater.close();
  }
}
