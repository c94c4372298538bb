package io.packhouse.spi;

import java.nio.ByteBuffer;
import java.util.Objects;

/** A file in one buffer. Absolute reads only, so the buffer is shared between threads. */
final class BufferPackageFile implements PackageFile {

  private final String path;
  private final ByteBuffer bytes;

  BufferPackageFile(String path, ByteBuffer bytes) {
    this.path = path;
    this.bytes = bytes.isReadOnly() ? bytes.slice() : bytes.slice().asReadOnlyBuffer();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long size() {
    return bytes.limit();
  }

  @Override
  public int read(long position, ByteBuffer target) {
    if (position < 0) {
      throw new IllegalArgumentException("position must not be negative, position=" + position);
    }
    if (position >= bytes.limit()) {
      return -1;
    }
    int length = (int) Math.min(bytes.limit() - position, target.remaining());
    target.put(bytes.slice((int) position, length));
    return length;
  }

  @Override
  public ByteBuffer slice(long position, int length) {
    Objects.checkFromIndexSize(position, (long) length, (long) bytes.limit());
    return bytes.slice((int) position, length);
  }

  @Override
  public String toString() {
    return path;
  }
}
