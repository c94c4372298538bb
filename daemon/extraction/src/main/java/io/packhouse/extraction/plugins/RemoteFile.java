package io.packhouse.extraction.plugins;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A file that the host has, as an extractor in a runner sees it. Its first bytes came with it, the
 * others are asked for in blocks, of which some are kept: parsers read a few bytes at a time, and
 * each question costs tens of microseconds.
 */
final class RemoteFile implements PackageFile {
  /** What comes with a file at first. */
  static final int HEAD_BYTES = 64 << 10;

  /** Most that is asked for at a time. */
  static final int MAX_READ_BYTES = 1 << 20;

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int BLOCKS = 32;

  private final Asking asking;
  private final int number;
  private final String path;
  private final long size;
  private final byte[] head;

  /** Blocks by ordinal, the least recently used first. */
  @GuardedBy("this")
  private final LinkedHashMap<Long, byte[]> blocks =
      new LinkedHashMap<>(BLOCKS, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
          return size() > BLOCKS;
        }
      };

  /**
   * @param head the first bytes: {@link #HEAD_BYTES} of them, or all
   */
  RemoteFile(Asking asking, int number, String path, long size, byte[] head) {
    this.asking = asking;
    this.number = number;
    this.path = path;
    this.size = size;
    this.head = head;
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
      throw new IllegalArgumentException("position must not be negative, position=" + position);
    }
    if (position >= size) {
      return -1;
    }
    int length = (int) Math.min(target.remaining(), size - position);
    fill(position, target.slice(target.position(), length));
    target.position(target.position() + length);
    return length;
  }

  @Override
  public ByteBuffer slice(long position, int length) throws IOException {
    Objects.checkFromIndexSize(position, (long) length, size);
    if (position + length <= head.length) {
      return ByteBuffer.wrap(head, (int) position, length).slice().asReadOnlyBuffer();
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    fill(position, bytes.duplicate());
    return bytes.asReadOnlyBuffer();
  }

  /** Fills all of the target; the range is within the file. */
  private void fill(long position, ByteBuffer target) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int length;
      if (at < head.length) {
        length = (int) Math.min(head.length - at, target.remaining());
        target.put(head, (int) at, length);
      } else if (target.remaining() >= BLOCK_BYTES) {
        length = Math.min(target.remaining(), MAX_READ_BYTES);
        asking.read(number, at, target.slice(target.position(), length));
        target.position(target.position() + length);
      } else {
        byte[] block = block(at / BLOCK_BYTES);
        int from = (int) (at % BLOCK_BYTES);
        length = Math.min(block.length - from, target.remaining());
        target.put(block, from, length);
      }
      at += length;
    }
  }

  private synchronized byte[] block(long ordinal) throws IOException {
    byte[] block = blocks.get(ordinal);
    if (block == null) {
      long start = ordinal * BLOCK_BYTES;
      block = new byte[(int) Math.min(BLOCK_BYTES, size - start)];
      asking.read(number, start, ByteBuffer.wrap(block));
      blocks.put(ordinal, block);
    }
    return block;
  }

  @Override
  public String toString() {
    return path;
  }
}
