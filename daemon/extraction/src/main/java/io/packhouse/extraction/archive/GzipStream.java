package io.packhouse.extraction.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;

/**
 * Members of gzip (RFC 1952), one after another. What follows the last and is no member is left, as
 * gzip does: padding of tapes, or garbage.
 */
final class GzipStream extends InputStream {

  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;

  private final Source source;
  private final InflateStream inflate;
  private final CRC32 crc = new CRC32();
  private long length;
  private boolean done;

  /** Reads the first header. */
  GzipStream(Source source) throws IOException {
    this.source = source;
    this.inflate = new InflateStream(source);
    try {
      if (!header()) {
        throw new IOException("no header");
      }
    } catch (IOException | RuntimeException e) {
      inflate.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int wanted) throws IOException {
    while (!done) {
      int read = inflate.read(target, offset, wanted);
      if (read >= 0) {
        crc.update(target, offset, read);
        length += read;
        return read;
      }
      trailer();
      if (header()) {
        inflate.restart();
        crc.reset();
        length = 0;
      } else {
        done = true;
      }
    }
    return -1;
  }

  /** Whether there is a member; only one cut off within its header is an error. */
  private boolean header() throws IOException {
    int first = source.read();
    if (first != 0x1F || source.read() != 0x8B) {
      return false;
    }
    if (next() != DEFLATE) {
      throw new IOException("unknown method");
    }
    int flags = next();
    if ((flags & RESERVED) != 0) {
      throw new IOException("unknown flags");
    }
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(next() | (next() << 8));
    }
    for (int field : new int[] {NAME, COMMENT}) {
      if ((flags & field) != 0) {
        while (next() != 0) {
          // Names are not used.
        }
      }
    }
    if ((flags & HEADER_CRC) != 0) {
      skip(2);
    }
    return true;
  }

  private void trailer() throws IOException {
    if (little() != (int) crc.getValue()) {
      throw new IOException("it does not match its CRC-32");
    }
    if (little() != (int) length) {
      throw new IOException("it is not of its length");
    }
  }

  private int little() throws IOException {
    return next() | (next() << 8) | (next() << 16) | (next() << 24);
  }

  private int next() throws IOException {
    int read = source.read();
    if (read < 0) {
      throw new EOFException("it ends early");
    }
    return read;
  }

  private void skip(int count) throws IOException {
    if (source.skip(count) != count) {
      throw new EOFException("it ends early");
    }
  }

  @Override
  public void close() {
    inflate.close();
  }
}
