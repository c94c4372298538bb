package io.packhouse.extraction.archive;

import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A member of an archive as a file: a view of a part of the file it lies in.
 *
 * @param base what it lies in, or the member's own bytes
 * @param offset within {@code base}, as is {@code offset + size}
 * @param depth how many archives it lies in
 */
record NestedFile(String path, PackageFile base, long offset, long size, int depth)
    implements PackageFile {

  NestedFile {
    Objects.checkFromIndexSize(offset, size, base.size());
  }

  /** How many archives a file lies in. */
  static int depth(PackageFile file) {
    return file instanceof NestedFile nested ? nested.depth : 0;
  }

  /** A view of a part of {@code outer}, one deeper; of views of views only one remains. */
  static NestedFile view(String path, PackageFile outer, long offset, long size) {
    int depth = depth(outer) + 1;
    return outer instanceof NestedFile nested
        ? new NestedFile(path, nested.base, nested.offset + offset, size, depth)
        : new NestedFile(path, outer, offset, size, depth);
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("position must not be negative, position=" + position);
    }
    if (position >= size) {
      return -1;
    }
    int limit = target.limit();
    if (target.remaining() > size - position) {
      target.limit(target.position() + (int) (size - position));
    }
    try {
      return base.read(offset + position, target);
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public ByteBuffer slice(long position, int length) throws IOException {
    Objects.checkFromIndexSize(position, length, size);
    return base.slice(offset + position, length);
  }
}
