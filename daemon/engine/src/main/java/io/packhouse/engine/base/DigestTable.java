package io.packhouse.engine.base;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which rows of an index may have certain contents: an off-heap hash table with linear probing,
 * eight bytes a cell, since a base may have ten million rows.
 *
 * <pre>
 *  0                32                      64
 *  +----------------+-----------------------+
 *  | row + 1        | bytes 8 to 11 of      |    0 is a free cell
 *  |                | the digest            |
 *  +----------------+-----------------------+
 * </pre>
 *
 * <p>Where a digest's cell would be tells of its first bytes as well, so of 10^7 rows one in
 * several hundred lookups meets a wrong row; whoever looks compares the whole digest. Of rows that
 * look equal the first is kept. What is beyond the limit is not remembered, which follows from the
 * rows' order alone.
 *
 * <p>One thread at a time until all is added, then any.
 */
public final class DigestTable implements AutoCloseable {
  /** Tells whether a row has the digest that is looked for. */
  @FunctionalInterface
  public interface Check {
    boolean has(long row) throws IOException;
  }

  /** What {@link #find} returns where there is no such row. */
  public static final long NONE = -1;

  private static final int LEAST_CELLS = 1 << 10;
  private static final long ROW_MASK = 0xFFFF_FFFFL;

  private final Arena arena = Arena.ofShared();
  private final ByteBuffer cells;
  private final int mask;
  private int size;

  /**
   * @param rows that it is made for
   * @param limitBytes most memory to take, at most 1 GiB
   */
  public DigestTable(long rows, long limitBytes) {
    int count = LEAST_CELLS;
    while (count / 4L * 3 < rows && 2L * count * Long.BYTES <= Math.min(limitBytes, 1L << 30)) {
      count *= 2;
    }
    cells =
        arena
            .allocate((long) count * Long.BYTES, Long.BYTES)
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
    mask = count - 1;
  }

  /** Bytes of memory that it takes. */
  public long bytes() {
    return cells.capacity();
  }

  /** Remembers that a row has contents of this digest, unless it is full. */
  public void add(byte[] digest, long row) {
    if (size >= (mask + 1) / 4 * 3 || row >= ROW_MASK) {
      return;
    }
    ByteBuffer key = ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);
    int tag = key.getInt(Long.BYTES);
    int at = key.getInt(0) & mask;
    for (long cell = cell(at); cell != 0; cell = cell(at)) {
      if ((int) (cell >>> 32) == tag) {
        return;
      }
      at = (at + 1) & mask;
    }
    cells.putLong(at * Long.BYTES, (long) tag << 32 | (row + 1));
    size++;
  }

  /** Whether there seems to be a row with contents of this digest. */
  public boolean mayHave(byte[] digest) {
    ByteBuffer key = ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);
    int tag = key.getInt(Long.BYTES);
    int at = key.getInt(0) & mask;
    for (long cell = cell(at); cell != 0; cell = cell(at)) {
      if ((int) (cell >>> 32) == tag) {
        return true;
      }
      at = (at + 1) & mask;
    }
    return false;
  }

  /** The first row with contents of this digest, or {@link #NONE}. */
  public long find(byte[] digest, Check check) throws IOException {
    ByteBuffer key = ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);
    int tag = key.getInt(Long.BYTES);
    int at = key.getInt(0) & mask;
    for (long cell = cell(at); cell != 0; cell = cell(at)) {
      long row = (cell & ROW_MASK) - 1;
      if ((int) (cell >>> 32) == tag && check.has(row)) {
        return row;
      }
      at = (at + 1) & mask;
    }
    return NONE;
  }

  private long cell(int at) {
    return cells.getLong(at * Long.BYTES);
  }

  /** Frees the memory. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
