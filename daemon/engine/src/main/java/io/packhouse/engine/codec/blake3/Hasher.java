package io.packhouse.engine.codec.blake3;

import static io.packhouse.engine.codec.blake3.Blake3.CHUNK_LENGTH;
import static io.packhouse.engine.codec.blake3.Blake3.DIGEST_LENGTH;
import static io.packhouse.engine.codec.blake3.Kernel.BLOCK_LENGTH;
import static io.packhouse.engine.codec.blake3.Kernel.CHUNK_BLOCKS;
import static io.packhouse.engine.codec.blake3.Kernel.CHUNK_END;
import static io.packhouse.engine.codec.blake3.Kernel.CHUNK_START;
import static io.packhouse.engine.codec.blake3.Kernel.PARENT;
import static io.packhouse.engine.codec.blake3.Kernel.ROOT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.LongBuffer;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Computes digests and chaining values of native memory with scratch of its own, so that no call
 * allocates.
 *
 * <p>Not thread-safe: one thread at a time, in practice one hasher per worker. Any thread may close
 * it, once no call is under way.
 *
 * <p>Sources are native segments (on the heap: {@link IllegalArgumentException}) that the caller
 * keeps open, and unchanged, while a call runs. The parameter checks come before anything is
 * written.
 *
 * <p>A message is hashed in batches of {@value #BATCH_CHUNKS} chunks: all leaves of a batch in one
 * kernel call, then its parents level by level, the odd one of a level moving up as it is, which
 * gives just BLAKE3's left-complete tree. Batches are aligned subtrees and are merged like slices.
 */
public final class Hasher implements AutoCloseable {

  /**
   * Leaves of one kernel call, a power of two: enough to keep the widest kernel full on all but the
   * lowest levels, little enough that a batch and its chaining values stay in the cache.
   */
  static final int BATCH_CHUNKS = 128;

  static final int BATCH_LENGTH = BATCH_CHUNKS * CHUNK_LENGTH;

  private static final int[] INITIAL_VALUE = {
    JavaKernel.IV0, JavaKernel.IV1, JavaKernel.IV2, JavaKernel.IV3,
    JavaKernel.IV4, JavaKernel.IV5, JavaKernel.IV6, JavaKernel.IV7
  };

  private static final long[] NO_WORDS = new long[BLOCK_LENGTH / Long.BYTES];
  private static final long[] CHUNK_OFFSETS = multiples(CHUNK_LENGTH, BATCH_CHUNKS);
  private static final long[] PAIR_OFFSETS = multiples(2 * DIGEST_LENGTH, BATCH_CHUNKS / 2);

  private final Arena arena;
  private final Kernel kernel;

  /** Chaining values of a level and of the one above; they swap roles level by level. */
  private MemorySegment level;

  private MemorySegment above;

  private final MemorySegment block;
  private final LongBuffer blockWords;
  private final SliceTree batches;
  private final byte[] value = new byte[DIGEST_LENGTH];
  private @Nullable SideBySide sideBySide;
  private @Nullable Stream stream;

  /** Takes ownership of the arena, also when it fails. */
  Hasher(Function<Arena, Kernel> kernels, Arena arena) {
    this.arena = arena;
    try {
      kernel = kernels.apply(arena);
      level = arena.allocate((long) BATCH_CHUNKS * DIGEST_LENGTH, BLOCK_LENGTH);
      above = arena.allocate((long) BATCH_CHUNKS * DIGEST_LENGTH, BLOCK_LENGTH);
      block = arena.allocate(BLOCK_LENGTH, BLOCK_LENGTH);
      blockWords = block.asByteBuffer().asLongBuffer();
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
    batches = new SliceTree(this);
  }

  /**
   * Writes the digest of {@code source[offset, offset + length)} to {@code out[outOffset, outOffset
   * + 32)}.
   *
   * @param length bytes, 0 or more
   */
  public void hash(MemorySegment source, long offset, long length, byte[] out, int outOffset) {
    requireSource(source, offset, length);
    Objects.checkFromIndexSize(outOffset, DIGEST_LENGTH, out.length);
    subtree(source, offset, length, 0, true, out, outOffset);
  }

  /**
   * Writes the chaining value of a subtree that is not a whole message.
   *
   * <p>For a {@link SliceTree}, all subtrees of a message but the last hold the same power-of-two
   * number of whole chunks, and the last one no more.
   *
   * @param length bytes, 1 or more; only the last subtree of a message may end within a chunk
   * @param chunkCounter number in the message of the first chunk; a multiple of the number of
   *     chunks in a full subtree
   * @throws IllegalArgumentException if the tree of no message has such a subtree
   */
  public void chainingValue(
      MemorySegment source,
      long offset,
      long length,
      long chunkCounter,
      byte[] out,
      int outOffset) {
    requireSource(source, offset, length);
    Objects.checkFromIndexSize(outOffset, DIGEST_LENGTH, out.length);
    if (length == 0) {
      throw new IllegalArgumentException("a subtree must not be empty, length=0");
    }
    long chunks = (length - 1) / CHUNK_LENGTH + 1;
    long width = chunks == 1 ? 1 : Long.highestOneBit(chunks - 1) << 1;
    if (chunkCounter < 0 || chunkCounter % width != 0) {
      throw new IllegalArgumentException(
          "a subtree of "
              + chunks
              + " chunks must start at a multiple of "
              + width
              + ", chunkCounter="
              + chunkCounter);
    }
    subtree(source, offset, length, chunkCounter, false, out, outOffset);
  }

  /**
   * Writes the chaining value, or with {@code root} the digest, of the node over two subtrees.
   * {@code out} may be {@code left} or {@code right}.
   */
  public void parent(
      byte[] left,
      int leftOffset,
      byte[] right,
      int rightOffset,
      boolean root,
      byte[] out,
      int outOffset) {
    Objects.checkFromIndexSize(leftOffset, DIGEST_LENGTH, left.length);
    Objects.checkFromIndexSize(rightOffset, DIGEST_LENGTH, right.length);
    Objects.checkFromIndexSize(outOffset, DIGEST_LENGTH, out.length);
    MemorySegment.copy(left, leftOffset, block, ValueLayout.JAVA_BYTE, 0, DIGEST_LENGTH);
    MemorySegment.copy(
        right, rightOffset, block, ValueLayout.JAVA_BYTE, DIGEST_LENGTH, DIGEST_LENGTH);
    parents(block, 1, root, block);
    MemorySegment.copy(block, ValueLayout.JAVA_BYTE, 0, out, outOffset, DIGEST_LENGTH);
  }

  /**
   * Writes the digests of {@code count} messages, that of message {@code i} at {@code out[32 * i]}.
   * Native code hashes those up to 32 KiB side by side, several times as fast as one by one.
   *
   * @param offsets where each message starts in {@code source}
   * @param lengths bytes of each, 0 or more
   */
  public void hashMany(MemorySegment source, long[] offsets, int[] lengths, int count, byte[] out) {
    Objects.checkFromIndexSize(0, count, offsets.length);
    Objects.checkFromIndexSize(0, count, lengths.length);
    Objects.checkFromIndexSize(0L, (long) count * DIGEST_LENGTH, out.length);
    requireSource(source, 0, 0);
    for (int i = 0; i < count; i++) {
      Objects.checkFromIndexSize(offsets[i], lengths[i], source.byteSize());
    }
    if (!kernel.isWide()) {
      for (int i = 0; i < count; i++) {
        subtree(source, offsets[i], lengths[i], 0, true, out, i * DIGEST_LENGTH);
      }
      return;
    }
    if (sideBySide == null) {
      sideBySide = new SideBySide(this, kernel, arena);
    }
    sideBySide.hash(source, offsets, lengths, count, out);
  }

  /** Starts a new message for {@link #update}, dropping what there was of the last one. */
  public void reset() {
    stream().reset();
  }

  /**
   * Appends to the message begun by {@link #reset}, or by the making of this hasher. Independent of
   * all other methods, which may be called in between.
   */
  public void update(MemorySegment source, long offset, long length) {
    requireSource(source, offset, length);
    stream().update(source, offset, length);
  }

  /** Writes the digest of the message that the updates made up, and starts a new one. */
  public void finish(byte[] out, int outOffset) {
    Objects.checkFromIndexSize(outOffset, DIGEST_LENGTH, out.length);
    stream().finish(out, outOffset);
  }

  /** Frees the scratch. Idempotent; every other method then throws IllegalStateException. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private Stream stream() {
    if (stream == null) {
      stream = new Stream(this, arena);
    }
    return stream;
  }

  /** Any subtree, or with {@code root} a whole message. Parameters are checked. */
  void subtree(
      MemorySegment source,
      long offset,
      long length,
      long counter,
      boolean root,
      byte[] out,
      int outOffset) {
    if (length <= CHUNK_LENGTH) {
      chunk(source, offset, (int) length, counter, root ? ROOT : 0, level, 0);
      MemorySegment.copy(level, ValueLayout.JAVA_BYTE, 0, out, outOffset, DIGEST_LENGTH);
      return;
    }
    if (length <= BATCH_LENGTH) {
      batch(source, offset, (int) length, counter, root, out, outOffset);
      return;
    }
    batches.reset();
    long end = offset + length;
    for (long at = offset; at < end; at += BATCH_LENGTH, counter += BATCH_CHUNKS) {
      int batchLength = (int) Math.min(BATCH_LENGTH, end - at);
      if (batchLength <= CHUNK_LENGTH) {
        chunk(source, at, batchLength, counter, 0, level, 0);
        MemorySegment.copy(level, ValueLayout.JAVA_BYTE, 0, value, 0, DIGEST_LENGTH);
      } else {
        batch(source, at, batchLength, counter, false, value, 0);
      }
      batches.add(value, 0);
    }
    batches.top(root, out, outOffset);
  }

  /** More than one chunk, at most a batch. */
  private void batch(
      MemorySegment source,
      long offset,
      int length,
      long counter,
      boolean root,
      byte[] out,
      int outOffset) {
    int count = length / CHUNK_LENGTH;
    kernel.hashMany(
        source,
        offset,
        CHUNK_OFFSETS,
        count,
        CHUNK_BLOCKS,
        counter,
        true,
        0,
        CHUNK_START,
        CHUNK_END,
        level,
        0);
    int rest = length % CHUNK_LENGTH;
    if (rest > 0) {
      long at = offset + length - rest;
      chunk(source, at, rest, counter + count, 0, level, (long) count * DIGEST_LENGTH);
      count++;
    }
    while (count > 1) {
      int pairs = count / 2;
      parents(level, pairs, root && count == 2, above);
      if (count % 2 == 1) {
        long last = (long) (count - 1) * DIGEST_LENGTH;
        MemorySegment.copy(level, last, above, (long) pairs * DIGEST_LENGTH, DIGEST_LENGTH);
      }
      count -= pairs;
      MemorySegment swap = level;
      level = above;
      above = swap;
    }
    MemorySegment.copy(level, ValueLayout.JAVA_BYTE, 0, out, outOffset, DIGEST_LENGTH);
  }

  private void parents(MemorySegment children, int pairs, boolean root, MemorySegment out) {
    int flags = root ? PARENT | ROOT : PARENT;
    kernel.hashMany(children, 0, PAIR_OFFSETS, pairs, 1, 0, false, flags, 0, 0, out, 0);
  }

  /** One chunk of 0 to 1,024 bytes; {@code rootFlag} is {@link Kernel#ROOT} or 0. */
  private void chunk(
      MemorySegment source,
      long offset,
      int length,
      long counter,
      int rootFlag,
      MemorySegment out,
      long outOffset) {
    int end = CHUNK_END | rootFlag;
    if (length > 0 && length % BLOCK_LENGTH == 0) {
      int blocks = length / BLOCK_LENGTH;
      kernel.hashMany(
          source,
          offset,
          CHUNK_OFFSETS,
          1,
          blocks,
          counter,
          false,
          0,
          CHUNK_START,
          end,
          out,
          outOffset);
      return;
    }
    int blocks = length / BLOCK_LENGTH;
    if (blocks == 0) {
      putInitialValue(out, outOffset);
      end |= CHUNK_START;
    } else {
      kernel.hashMany(
          source,
          offset,
          CHUNK_OFFSETS,
          1,
          blocks,
          counter,
          false,
          0,
          CHUNK_START,
          0,
          out,
          outOffset);
    }
    lastBlock(source, offset + length, length % BLOCK_LENGTH, counter, end, out, outOffset);
  }

  /** Compresses the last {@code length} bytes before {@code end}, fewer than a block, into out. */
  void lastBlock(
      MemorySegment source,
      long end,
      int length,
      long counter,
      int flags,
      MemorySegment out,
      long outOffset) {
    blockWords.put(0, NO_WORDS);
    MemorySegment.copy(source, end - length, block, 0, length);
    kernel.compress(out, outOffset, block, 0, length, counter, flags);
  }

  static void putInitialValue(MemorySegment out, long offset) {
    MemorySegment.copy(INITIAL_VALUE, 0, out, JavaKernel.WORD, offset, INITIAL_VALUE.length);
  }

  private static void requireSource(MemorySegment source, long offset, long length) {
    Objects.checkFromIndexSize(offset, length, source.byteSize());
    if (!source.isNative()) {
      throw new IllegalArgumentException("the source must be off-heap memory, source=" + source);
    }
    if (!source.scope().isAlive() || !source.isAccessibleBy(Thread.currentThread())) {
      throw new IllegalStateException(
          "the source is closed or belongs to another thread, source=" + source);
    }
  }

  private static long[] multiples(long step, int count) {
    long[] offsets = new long[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = i * step;
    }
    return offsets;
  }
}
