package io.packhouse.engine.read;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file's contents as a stream. Belongs to one thread at a time. */
final class EntryInputStream extends InputStream {
  private final ContentReader contents;
  private @Nullable MemorySegment chunk;
  private long position;
  private boolean closed;

  EntryInputStream(ContentReader contents) {
    this.contents = contents;
  }

  private @Nullable MemorySegment chunk() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    MemorySegment current = chunk;
    if (current == null || position == current.byteSize()) {
      current = contents.next();
      chunk = current;
      position = 0;
    }
    return current;
  }

  @Override
  public int read() throws IOException {
    MemorySegment current = chunk();
    return current == null ? -1 : current.get(ValueLayout.JAVA_BYTE, position++) & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    MemorySegment current = chunk();
    if (current == null) {
      return -1;
    }
    int count = (int) Math.min(length, current.byteSize() - position);
    MemorySegment.copy(current, ValueLayout.JAVA_BYTE, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public int available() {
    MemorySegment current = chunk;
    return closed || current == null
        ? 0
        : (int) Math.min(Integer.MAX_VALUE, current.byteSize() - position);
  }

  @Override
  public void close() {
    closed = true;
    chunk = null;
    contents.close();
  }
}
