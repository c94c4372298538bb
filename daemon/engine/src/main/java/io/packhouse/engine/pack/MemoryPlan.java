package io.packhouse.engine.pack;

/**
 * How the memory of a pack is shared out: two slots an item (what was read, and what it was
 * compressed to), a scratch slot a worker, codec contexts, the dedup table, and the index.
 *
 * @param slotLength bytes of a slot: a blob and what an incompressible one may grow by
 * @param items that may be under way at a time
 * @param dedupBytes most that the dedup table may take
 */
record MemoryPlan(long slotLength, int items, long dedupBytes) {
  /** Rows and vectors of the batches being filled and encoded. */
  private static final long INDEX_BYTES = 24L << 20;

  /** What is enough for most trees. */
  private static final long USUAL_BYTES = 192L << 20;

  /** The dedup table takes one part in this many. */
  private static final int DEDUP_SHARE = 4;

  /** More items than this only spread the work over more memory, and rows under way with it. */
  private static final int MAX_ITEMS_PER_WORKER = 2;

  private static final int SPARE_ITEMS = 3;

  /** The tables of levels up to 6 are as long for frames of 1 MiB as for longer ones. */
  private static final long MOST_TABLES = 4L << 20;

  static MemoryPlan of(PackOptions options) {
    return of(options.memoryBytes(), options.level(), options.workers(), options.blobBytes());
  }

  /**
   * The plan within {@code memoryBytes}, which {@link #least} does not exceed, or without a limit
   * if that is {@link PackOptions#AUTOMATIC_MEMORY}. What the dedup table may take does not depend
   * on the number of workers: the archive's bytes depend on it.
   */
  static MemoryPlan of(long memoryBytes, int level, int workers, int blobBytes) {
    long slot = slotLength(blobBytes);
    boolean automatic = memoryBytes == PackOptions.AUTOMATIC_MEMORY;
    long dedup = (automatic ? USUAL_BYTES : memoryBytes) / DEDUP_SHARE;
    long memory =
        automatic ? Math.max(USUAL_BYTES, needed(level, workers, blobBytes) + dedup) : memoryBytes;
    long room = memory - dedup - fixed(level, workers, blobBytes);
    long items = Math.min(room / (2 * slot), (long) MAX_ITEMS_PER_WORKER * workers + SPARE_ITEMS);
    return new MemoryPlan(slot, (int) items, dedup);
  }

  /** The least memory that these options can work in. */
  static long least(int level, int workers, int blobBytes) {
    return Math.ceilDiv(needed(level, workers, blobBytes) * DEDUP_SHARE, DEDUP_SHARE - 1);
  }

  /** What is needed beside the dedup table. */
  private static long needed(int level, int workers, int blobBytes) {
    return fixed(level, workers, blobBytes) + leastItems(workers) * 2L * slotLength(blobBytes);
  }

  private static long fixed(int level, int workers, int blobBytes) {
    return INDEX_BYTES + workers * (contextBytes(level, blobBytes) + slotLength(blobBytes));
  }

  /** Each worker's, one being filled by the walk, one being written. */
  private static int leastItems(int workers) {
    return workers + 2;
  }

  private static long slotLength(int blobBytes) {
    return blobBytes + (blobBytes >> 8) + (16L << 10);
  }

  /** About what the contexts of a worker take for frames of this length; measured, rounded up. */
  static long contextBytes(int level, int blobBytes) {
    long tables =
        level <= 6 ? Math.min(4L * blobBytes, MOST_TABLES) : (level <= 15 ? 12L : 20L) * blobBytes;
    return Effort.settings(level).size() * ((1L << 20) + tables);
  }
}
