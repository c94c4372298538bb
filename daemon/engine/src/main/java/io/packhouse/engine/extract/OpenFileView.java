package io.packhouse.engine.extract;

import io.packhouse.engine.fs.OpenFile;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A big file as extractors see it: what they ask for is read again from the open file, while its
 * pages are still in the system's cache.
 */
public final class OpenFileView implements PackageFile {
  private final String path;
  private final OpenFile file;
  private final long size;

  /** A view of the first {@code size} bytes of a file, which stays the caller's to close. */
  public OpenFileView(String path, OpenFile file, long size) {
    this.path = path;
    this.file = file;
    this.size = size;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("negative position, position=" + position);
    }
    if (position >= size) {
      return -1;
    }
    int length = (int) Math.min(target.remaining(), size - position);
    target.put(slice(position, length));
    return length;
  }

  @Override
  public ByteBuffer slice(long position, int length) throws IOException {
    Objects.checkFromIndexSize(position, length, size);
    byte[] copy = new byte[length];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(length, 1));
      int read = file.read(buffer, 0, length, position);
      if (read < length) {
        throw new IOException(path + ": ends early, at " + (position + read));
      }
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, copy, 0, length);
    }
    return ByteBuffer.wrap(copy).asReadOnlyBuffer();
  }
}
