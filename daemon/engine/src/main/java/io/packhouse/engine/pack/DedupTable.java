package io.packhouse.engine.pack;

import io.packhouse.engine.format.ArchiveFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
 * <p>One thread at a time.
 */
final class DedupTable implements AutoCloseable {
  private static final int CELL = 40;
  private static final long INITIAL_CELLS = 4096;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private final long limitBytes;
  private Arena arena = Arena.ofShared();
  private MemorySegment cells = arena.allocate(INITIAL_CELLS * CELL, 8);
  private long mask = INITIAL_CELLS - 1;
  private long size;
  private long found;

  /**
   * @param limitBytes most memory to take, also while growing
   */
  DedupTable(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Looks for contents; if they are there, {@link #ordinal} and {@link #offset} say where. */
  boolean find(byte[] key) {
    found = locate(key);
    return cells.get(INT, found + 32) != 0;
  }

  /** The blob of the contents that {@link #find} found. */
  int ordinal() {
    return cells.get(INT, found + 32) - 1;
  }

  /** The offset in that decoded blob. */
  int offset() {
    return cells.get(INT, found + 36);
  }

  /** Remembers contents that {@link #find} has just not found. */
  void add(byte[] key, int ordinal, int offset) {
    if (size * 4 >= (mask + 1) * 3) {
      if ((mask + 1) * CELL * 3 > limitBytes) {
        return;
      }
      grow();
      found = locate(key);
    }
    put(cells, found, key, ordinal + 1, offset);
    size++;
  }

  private long locate(byte[] key) {
    long k0 = longAt(key, 0);
    long k1 = longAt(key, 8);
    long k2 = longAt(key, 16);
    long k3 = longAt(key, 24);
    for (long cell = k0 & mask; ; cell = (cell + 1) & mask) {
      long at = cell * CELL;
      if (cells.get(INT, at + 32) == 0
          || (cells.get(LONG, at) == k0
              && cells.get(LONG, at + 8) == k1
              && cells.get(LONG, at + 16) == k2
              && cells.get(LONG, at + 24) == k3)) {
        return at;
      }
    }
  }

  private void grow() {
    Arena oldArena = arena;
    MemorySegment old = cells;
    long count = mask + 1;
    arena = Arena.ofShared();
    cells = arena.allocate(count * 2 * CELL, 8);
    mask = count * 2 - 1;
    byte[] key = new byte[ArchiveFormat.DIGEST_LENGTH];
    for (long at = 0; at < count * CELL; at += CELL) {
      int ordinal = old.get(INT, at + 32);
      if (ordinal != 0) {
        MemorySegment.copy(old, ValueLayout.JAVA_BYTE, at, key, 0, key.length);
        put(cells, locate(key), key, ordinal, old.get(INT, at + 36));
      }
    }
    oldArena.close();
  }

  private static void put(MemorySegment cells, long at, byte[] key, int ordinal, int offset) {
    MemorySegment.copy(key, 0, cells, ValueLayout.JAVA_BYTE, at, key.length);
    cells.set(INT, at + 32, ordinal);
    cells.set(INT, at + 36, offset);
  }

  private static long longAt(byte[] key, int offset) {
    return MemorySegment.ofArray(key).get(LONG, offset);
  }

  @Override
  public void close() {
    arena.close();
  }
}
