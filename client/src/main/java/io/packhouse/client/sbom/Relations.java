package io.packhouse.client.sbom;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how packages relate until the end of a bill, three numbers a relation: many in a
 * temporary file. Used by one thread.
 */
final class Relations implements Closeable {
  /** Is told of relations in the order in which they came. */
  interface Visitor {
    void relation(int from, int to, int kind) throws IOException;
  }

  private static final int BYTES = 3 * Integer.BYTES;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(8_192 * BYTES);
  private @Nullable FileChannel file;

  void add(int from, int to, int kind) throws IOException {
    if (!buffer.hasRemaining()) {
      spill();
    }
    buffer.putInt(from).putInt(to).putInt(kind);
  }

  private void spill() throws IOException {
    FileChannel channel = file;
    if (channel == null) {
      channel = TemporaryFile.open();
      file = channel;
    }
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new NoRoomException(e);
    }
    buffer.clear();
  }

  /** Tells of all, once, when no more come. */
  void forEach(Visitor visitor) throws IOException {
    FileChannel channel = file;
    if (channel != null) {
      spill();
      channel.position(0);
      buffer.clear();
      while (channel.read(buffer) >= 0) {
        tell(visitor);
      }
    }
    tell(visitor);
  }

  private void tell(Visitor visitor) throws IOException {
    buffer.flip();
    while (buffer.remaining() >= BYTES) {
      visitor.relation(buffer.getInt(), buffer.getInt(), buffer.getInt());
    }
    buffer.compact();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
