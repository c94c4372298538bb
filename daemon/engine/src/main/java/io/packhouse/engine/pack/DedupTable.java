package io.packhouse.engine.pack;

import io.packhouse.engine.memory.SlotPool;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Remembers where contents were placed: an off-heap hash table with linear probing.
 *
 * <pre>
 *  0                            32              36               40
 *  +----------------------------+---------------+----------------+
 *  | key: 32 bytes of BLAKE3    | ordinal + 1   | offset in blob |
 *  +----------------------------+---------------+----------------+
 * </pre>
 *
 * <p>A cell whose {@code ordinal + 1} is 0 is free. Keys are digests, so their first bytes are the
 * hash. It doubles at three quarters full; when doubling would pass the limit, new contents are no
 * longer remembered, which follows from the order of contents alone.
 *
 * <p>Cells are read through a buffer, not a segment: in a short pack this runs as the first
 * compiler leaves it, which sees through buffers only.
 *
 * <p>One thread at a time.
 */
final class DedupTable implements AutoCloseable {
  private static final int CELL = 40;

  /** Room for the files of most trees: to grow is to place all again. */
  private static final int INITIAL_CELLS = 1 << 16;

  private static final int LEAST_CELLS = 1 << 12;

  /** To clear more cells one by one takes longer than to clear the table. */
  private static final int MOST_FILLED = 1 << 12;

  /** While it grows, the old table is there as well, half as long. */
  private static final long GROWING_LENGTHS = 3;

  private final long limitBytes;
  private final SlotPool.Source source;
  private Arena arena;
  private ByteBuffer cells;
  private int mask;
  private int size;
  private int found;

  /** Where the first cells are that were filled, until the table grows. */
  private int[] filled = new int[64];

  private boolean grown;

  /**
   * Makes a small table.
   *
   * @param limitBytes most memory to take, also while growing
   */
  DedupTable(long limitBytes, SlotPool.Source source) {
    this.limitBytes = Math.min(limitBytes, Integer.MAX_VALUE);
    this.source = source;
    arena = Arena.ofShared();
    int count = initialCells();
    cells = allocate(arena, count);
    mask = count - 1;
  }

  private int initialCells() {
    int count = INITIAL_CELLS;
    while (count > LEAST_CELLS && (long) count * CELL * GROWING_LENGTHS > limitBytes) {
      count /= 2;
    }
    return count;
  }

  private ByteBuffer allocate(Arena owner, int count) {
    return source
        .allocate((long) count * CELL, owner)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Looks for contents; if they are there, {@link #ordinal} and {@link #offset} say where. */
  boolean find(byte[] key) {
    ByteBuffer wrapped = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    found =
        locate(wrapped.getLong(0), wrapped.getLong(8), wrapped.getLong(16), wrapped.getLong(24));
    return cells.getInt(found + 32) != 0;
  }

  /** The blob of the contents that {@link #find} found, or what was remembered in its place. */
  int ordinal() {
    return cells.getInt(found + 32) - 1;
  }

  /** The offset in that decoded blob. */
  int offset() {
    return cells.getInt(found + 36);
  }

  /**
   * Remembers contents that {@link #find} has just not found.
   *
   * @param ordinal of the blob, or a number from −2 downwards that the caller knows
   */
  void add(byte[] key, int ordinal, int offset) {
    if (size >= (mask + 1) / 4 * 3) {
      if ((mask + 1L) * CELL * GROWING_LENGTHS > limitBytes) {
        return;
      }
      grow();
      find(key);
    }
    cells.put(found, key);
    cells.putInt(found + 32, ordinal + 1);
    cells.putInt(found + 36, offset);
    if (size < MOST_FILLED) {
      if (size == filled.length) {
        filled = Arrays.copyOf(filled, 2 * size);
      }
      filled[size] = found;
    }
    size++;
  }

  /** Bytes of memory that it takes. */
  long bytes() {
    return cells.capacity();
  }

  /** Forgets all contents; a table that has grown becomes a small one. */
  void clear() {
    if (grown || size > MOST_FILLED) {
      arena.close();
      grown = false;
      arena = Arena.ofShared();
      cells = allocate(arena, initialCells());
      mask = initialCells() - 1;
    } else {
      for (int i = 0; i < size; i++) {
        cells.putInt(filled[i] + 32, 0);
      }
    }
    size = 0;
  }

  /** The cell of a key, or the free one where it would go. */
  private int locate(long k0, long k1, long k2, long k3) {
    int at = ((int) k0 & mask) * CELL;
    while (cells.getInt(at + 32) != 0
        && (cells.getLong(at) != k0
            || cells.getLong(at + 8) != k1
            || cells.getLong(at + 16) != k2
            || cells.getLong(at + 24) != k3)) {
      at = at == mask * CELL ? 0 : at + CELL;
    }
    return at;
  }

  private void grow() {
    ByteBuffer old = cells;
    grown = true;
    Arena larger = Arena.ofShared();
    int count = (mask + 1) * 2;
    cells = allocate(larger, count);
    mask = count - 1;
    for (int at = 0; at < old.capacity(); at += CELL) {
      if (old.getInt(at + 32) != 0) {
        long k0 = old.getLong(at);
        int to = locate(k0, old.getLong(at + 8), old.getLong(at + 16), old.getLong(at + 24));
        cells.put(to, old, at, CELL);
      }
    }
    arena.close();
    arena = larger;
  }

  /** Frees the memory. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
