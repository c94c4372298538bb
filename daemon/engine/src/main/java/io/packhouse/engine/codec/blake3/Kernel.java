package io.packhouse.engine.codec.blake3;

import java.lang.foreign.MemorySegment;

/**
 * The two primitives of BLAKE3 that the tree code is written on. A kernel serves one {@link Hasher}
 * and, like it, one thread at a time. All segments are native memory, checked by the caller.
 */
interface Kernel {

  int BLOCK_LENGTH = 64;
  int CHUNK_BLOCKS = 16;

  /** Most inputs of one {@link #hashMany} call. */
  int MAX_INPUTS = 4096;

  // Domain flags, BLAKE3 paper, table 3.
  int CHUNK_START = 1;
  int CHUNK_END = 1 << 1;
  int PARENT = 1 << 2;
  int ROOT = 1 << 3;

  /** Whether a call with many inputs is faster than as many calls with one. */
  boolean isWide();

  /**
   * Hashes inputs of {@code blocks} whole blocks each, all from the initial value, and writes their
   * chaining values one after the other to {@code out}. The output of a one-block input may overlay
   * that input, since every output bit depends on the whole block.
   *
   * @param base what is added to each of {@code offsets}, in bytes of {@code source}
   * @param count how many of {@code offsets} to use, 1 to {@link #MAX_INPUTS}
   * @param counter chunk counter of the first input
   * @param increment whether the counter grows by one with each input, or is the same for all
   * @param flags flags of every block; {@code startFlags} and {@code endFlags} are added to the
   *     first and to the last
   */
  void hashMany(
      MemorySegment source,
      long base,
      long[] offsets,
      int count,
      int blocks,
      long counter,
      boolean increment,
      int flags,
      int startFlags,
      int endFlags,
      MemorySegment out,
      long outOffset);

  /**
   * Compresses one block into the 32-byte chaining value at {@code cvOffset}, in place.
   *
   * @param block 64 bytes at {@code blockOffset}, zero beyond {@code blockLength}
   * @param blockLength 0 to 64
   */
  void compress(
      MemorySegment cv,
      long cvOffset,
      MemorySegment block,
      long blockOffset,
      int blockLength,
      long counter,
      int flags);
}
