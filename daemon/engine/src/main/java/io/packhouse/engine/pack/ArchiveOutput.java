package io.packhouse.engine.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Where an archive's bytes go, strictly front to back. One thread at a time.
 *
 * <p>{@link #commit} makes what was written the archive; {@link #close} without it discards what
 * was written, as far as that can be.
 */
public interface ArchiveOutput extends AutoCloseable {

  /** Writes all of {@code bytes} at the end. */
  void write(ByteBuffer bytes) throws IOException;

  /** Makes the archive durable and visible under its name. */
  void commit() throws IOException;

  /** Idempotent. */
  @Override
  void close() throws IOException;

  /**
   * An output that is a pipe or the like: it stays open, and what went into it cannot be undone.
   */
  static ArchiveOutput toChannel(WritableByteChannel channel) {
    return new ArchiveOutput() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }

      @Override
      public void commit() {}

      @Override
      public void close() {}
    };
  }
}
