package io.packhouse.client.sbom;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A temporary file that is mapped, so that what is in it takes no heap, and no more memory than
 * there is. It is gone when it is closed. Used by one thread.
 */
final class TemporaryFile implements Closeable {
  private static final int STEP = 1 << 20;

  private final Arena arena = Arena.ofConfined();
  private final FileChannel channel;
  private final MemorySegment bytes;
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(STEP);
  private long reserved;

  /**
   * Makes one of zeros, which take no room until they are reserved.
   *
   * @throws NoRoomException if it cannot be made
   */
  TemporaryFile(long most) throws IOException {
    channel = open();
    try {
      bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, most, arena);
    } catch (IOException e) {
      channel.close();
      arena.close();
      throw new NoRoomException(e);
    }
  }

  /** A file without a name, which is gone when it is closed. */
  static FileChannel open() throws IOException {
    try {
      Path file = Files.createTempFile("packhouse-export-", ".tmp");
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      // So one that is killed leaves nothing.
      Files.delete(file);
      return channel;
    } catch (IOException e) {
      throw new NoRoomException(e);
    }
  }

  /** Its bytes; only those that were reserved may be written. */
  MemorySegment bytes() {
    return bytes;
  }

  /**
   * Makes room for the first bytes, what is in them by now excepted. A page for which there is none
   * when it is written would be an {@link InternalError}.
   */
  void reserve(long count) throws IOException {
    try {
      while (reserved < count) {
        long left = Math.min(STEP, bytes.byteSize() - reserved);
        reserved += channel.write(zeros.clear().limit((int) left), reserved);
      }
    } catch (IOException e) {
      throw new NoRoomException(e);
    }
  }

  @Override
  public void close() throws IOException {
    arena.close();
    channel.close();
  }
}
