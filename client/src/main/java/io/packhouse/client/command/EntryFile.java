package io.packhouse.client.command;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A file of an archive, of which no more is read than what is asked for. */
record EntryFile(ArchiveReader reader, Entry entry) implements PackageFile {
  @Override
  public String path() {
    return entry.path();
  }

  @Override
  public long size() {
    return entry.size();
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("negative position, position=" + position);
    }
    if (position >= size()) {
      return -1;
    }
    int length = (int) Math.min(target.remaining(), size() - position);
    try (ContentReader contents = reader.newContents(entry, position, length)) {
      for (MemorySegment chunk = contents.next(); chunk != null; chunk = contents.next()) {
        target.put(chunk.asByteBuffer());
      }
    }
    return length;
  }

  @Override
  public ByteBuffer slice(long position, int length) throws IOException {
    Objects.checkFromIndexSize(position, length, size());
    ByteBuffer copy = ByteBuffer.allocate(length);
    if (length > 0) {
      read(position, copy);
    }
    return copy.flip().asReadOnlyBuffer();
  }
}
