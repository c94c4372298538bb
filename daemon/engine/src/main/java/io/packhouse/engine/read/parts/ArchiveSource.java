package io.packhouse.engine.read.parts;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Where the bytes of an archive come from. What a source gives is checked against the archive's
 * digests, so it need not be trusted. Safe for concurrent use.
 */
public interface ArchiveSource extends Closeable {

  /** Length in bytes. */
  long size() throws IOException;

  /**
   * Reads some bytes at a position, at least one.
   *
   * @param target is filled from its position on, up to its limit
   * @return how many; negative at the end
   * @throws java.nio.channels.ClosedChannelException if the source is closed
   */
  int read(ByteBuffer target, long position) throws IOException;

  /** Whether it can be read. */
  boolean isOpen();

  /** An open file, which is closed with the source. */
  static ArchiveSource of(FileChannel channel) {
    return new ArchiveSource() {
      @Override
      public long size() throws IOException {
        return channel.size();
      }

      @Override
      public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
      }

      @Override
      public boolean isOpen() {
        return channel.isOpen();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
