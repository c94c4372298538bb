package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The packed bytes of a file or of a part of it, as a stream for libraries and in pieces for our
 * own decoders. Failures of the file are noted before they are thrown.
 */
final class Source extends InputStream {

  /** Small, since a piece may be a copy. */
  private static final int PIECE = 64 << 10;

  private final PackageFile file;
  private final long end;
  private final Budget budget;
  private final Faults faults;
  private long position;
  private long allowance = Long.MAX_VALUE;

  /**
   * @param offset within the file, as is {@code offset + length}
   */
  Source(PackageFile file, long offset, long length, Budget budget, Faults faults) {
    this.file = file;
    this.position = offset;
    this.end = offset + length;
    this.budget = budget;
    this.faults = faults;
  }

  PackageFile file() {
    return file;
  }

  Faults faults() {
    return faults;
  }

  /** Where the next byte is, from the start of the file. */
  long position() {
    return position;
  }

  long remaining() {
    return end - position;
  }

  /** Goes to where {@link #position} was before. */
  void seek(long before) {
    position = before;
  }

  /** Steps back over bytes of the last piece that were not used. */
  void unread(int count) {
    position -= count;
  }

  /** Lets so many bytes be read until the next call, to bound what a library keeps of headers. */
  void allow(long bytes) {
    allowance = bytes;
  }

  /** The next bytes, none at the end. Read-only or not, big-endian, valid until the next. */
  ByteBuffer piece() throws IOException {
    int length = (int) Math.min(PIECE, end - position);
    try {
      ByteBuffer piece = file.slice(position, length);
      position += length;
      budget.moved(length);
      return piece;
    } catch (IOException e) {
      throw faults.note(e);
    } catch (ExtractionException e) {
      throw faults.note(e);
    }
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
    if (position >= end) {
      return -1;
    }
    try {
      if (allowance <= 0) {
        throw new ExtractionException("archive has a header larger than the limit");
      }
      int want = (int) Math.min(Math.min(length, PIECE), Math.min(allowance, end - position));
      int read = file.read(position, ByteBuffer.wrap(target, offset, want));
      if (read <= 0) {
        throw new IOException("read nothing at " + position + " of " + file.size());
      }
      position += read;
      allowance -= read;
      budget.moved(read);
      return read;
    } catch (IOException e) {
      throw faults.note(e);
    } catch (ExtractionException e) {
      throw faults.note(e);
    }
  }

  @Override
  public long skip(long count) {
    long skipped = Math.clamp(count, 0, end - position);
    position += skipped;
    return skipped;
  }
}
