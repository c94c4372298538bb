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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * Hashes many small messages at once, so that a kernel's lanes are filled from several of them
 * where one alone has too few chunks.
 *
 * <p>A group of messages goes through the tree in step: the first chunks of all, the second chunks
 * and so on; then the partial last chunks, which one call takes only where counter and number of
 * whole blocks agree; then the parents, level by level. Each message has a row of chaining values;
 * calls write theirs in a line, from where they are dealt out to the rows.
 *
 * <p>Owned by a {@link Hasher}, in whose arena its scratch lies. Sources and ranges are checked.
 */
final class SideBySide {

  /**
   * Messages over this many chunks are hashed alone: they fill the lanes themselves but for their
   * last chunks and top nodes, and rows for longer ones would not stay in the cache.
   */
  private static final int MAX_CHUNKS = 32;

  private static final int MAX_LENGTH = MAX_CHUNKS * CHUNK_LENGTH;

  /** Messages of a group: at most a call's worth of parents, all at {@link #MAX_CHUNKS}. */
  private static final int GROUP = 2 * Kernel.MAX_INPUTS / MAX_CHUNKS;

  private static final int DIGEST_WORDS = DIGEST_LENGTH / Long.BYTES;
  private static final int ROW_LENGTH = MAX_CHUNKS * DIGEST_LENGTH;

  private final Hasher hasher;
  private final Kernel kernel;
  private final MemorySegment rows;
  private final MemorySegment line;

  /** The same memory: code of the first compiler copies so short runs several times as fast. */
  private final ByteBuffer rowBytes;

  private final LongBuffer rowWords;

  private final LongBuffer lineWords;

  /** Which messages of the caller are in the group. */
  private final int[] members = new int[GROUP];

  /** Chaining values in each row. */
  private final int[] widths = new int[GROUP];

  /** The inputs of a call and, for each, where in the rows its output goes. */
  private final long[] inputs = new long[Kernel.MAX_INPUTS];

  private final int[] targets = new int[Kernel.MAX_INPUTS];
  private int inputCount;

  /** Rows with a partial last chunk, sorted by counter and whole blocks; starts of the runs. */
  private final int[] partials = new int[GROUP];

  private final int[] runStarts = new int[MAX_CHUNKS * CHUNK_BLOCKS + 1];

  SideBySide(Hasher hasher, Kernel kernel, Arena arena) {
    this.hasher = hasher;
    this.kernel = kernel;
    this.rows = arena.allocate((long) GROUP * ROW_LENGTH, BLOCK_LENGTH);
    this.line = arena.allocate((long) Kernel.MAX_INPUTS * DIGEST_LENGTH, BLOCK_LENGTH);
    this.rowBytes = rows.asByteBuffer();
    // In the native order, since the first compiler has no single instruction to swap bytes.
    this.rowWords = rows.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
    this.lineWords = line.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
  }

  void hash(MemorySegment source, long[] offsets, int[] lengths, int count, byte[] out) {
    int next = 0;
    while (next < count) {
      int size = 0;
      while (next < count && size < GROUP) {
        if (lengths[next] <= MAX_LENGTH) {
          members[size++] = next;
        } else {
          hasher.subtree(source, offsets[next], lengths[next], 0, true, out, next * DIGEST_LENGTH);
        }
        next++;
      }
      if (size > 0) {
        wholeChunks(source, offsets, lengths, size);
        partialChunks(source, offsets, lengths, size);
        parents(size);
        for (int row = 0; row < size; row++) {
          rowBytes.get(row * ROW_LENGTH, out, members[row] * DIGEST_LENGTH, DIGEST_LENGTH);
        }
      }
    }
  }

  private void wholeChunks(MemorySegment source, long[] offsets, int[] lengths, int size) {
    for (int row = 0; row < size; row++) {
      widths[row] = Math.ceilDiv(Math.max(lengths[members[row]], 1), CHUNK_LENGTH);
      if (lengths[members[row]] == CHUNK_LENGTH) {
        add(offsets[members[row]], row * ROW_LENGTH);
      }
    }
    call(source, CHUNK_BLOCKS, 0, 0, CHUNK_START, CHUNK_END | ROOT);
    for (int chunk = 0; chunk < MAX_CHUNKS; chunk++) {
      long begin = (long) chunk * CHUNK_LENGTH;
      for (int row = 0; row < size; row++) {
        int length = lengths[members[row]];
        if (length >= begin + CHUNK_LENGTH && length > CHUNK_LENGTH) {
          add(offsets[members[row]] + begin, row * ROW_LENGTH + chunk * DIGEST_LENGTH);
        }
      }
      if (inputCount == 0) {
        return;
      }
      call(source, CHUNK_BLOCKS, chunk, 0, CHUNK_START, CHUNK_END);
    }
  }

  private void partialChunks(MemorySegment source, long[] offsets, int[] lengths, int size) {
    sortPartials(lengths, size);
    for (int run = 0; run + 1 < runStarts.length; run++) {
      int counter = run / CHUNK_BLOCKS;
      int blocks = run % CHUNK_BLOCKS;
      for (int i = runStarts[run]; i < runStarts[run + 1]; i++) {
        int target = partials[i] * ROW_LENGTH + counter * DIGEST_LENGTH;
        if (blocks == 0) {
          Hasher.putInitialValue(rows, target);
        } else {
          add(offsets[members[partials[i]]] + (long) counter * CHUNK_LENGTH, target);
        }
      }
      call(source, blocks, counter, 0, CHUNK_START, 0);
    }
    for (int row = 0; row < size; row++) {
      int length = lengths[members[row]];
      if (isPartial(length)) {
        int counter = length / CHUNK_LENGTH;
        int blocks = wholeBlocks(length);
        int flags = CHUNK_END | (blocks == 0 ? CHUNK_START : 0) | (counter == 0 ? ROOT : 0);
        int rest = length % CHUNK_LENGTH - blocks * BLOCK_LENGTH;
        long end = offsets[members[row]] + length;
        int target = row * ROW_LENGTH + counter * DIGEST_LENGTH;
        hasher.lastBlock(source, end, rest, counter, flags, rows, target);
      }
    }
  }

  /** A counting sort of the rows with a partial chunk by {@code counter * 16 + blocks}. */
  private void sortPartials(int[] lengths, int size) {
    Arrays.fill(runStarts, 0);
    for (int row = 0; row < size; row++) {
      int length = lengths[members[row]];
      if (isPartial(length)) {
        runStarts[run(length) + 1]++;
      }
    }
    for (int run = 1; run < runStarts.length; run++) {
      runStarts[run] += runStarts[run - 1];
    }
    // Each start moves up to the next one while its run fills, and is put back after.
    for (int row = 0; row < size; row++) {
      int length = lengths[members[row]];
      if (isPartial(length)) {
        partials[runStarts[run(length)]++] = row;
      }
    }
    System.arraycopy(runStarts, 0, runStarts, 1, runStarts.length - 1);
    runStarts[0] = 0;
  }

  private static boolean isPartial(int length) {
    return length == 0 || length % CHUNK_LENGTH != 0;
  }

  /** Blocks of a partial chunk before its last, which may be whole itself. */
  private static int wholeBlocks(int length) {
    return Math.max(length % CHUNK_LENGTH - 1, 0) / BLOCK_LENGTH;
  }

  private static int run(int length) {
    return length / CHUNK_LENGTH * CHUNK_BLOCKS + wholeBlocks(length);
  }

  private void parents(int size) {
    boolean more = true;
    while (more) {
      for (int row = 0; row < size; row++) {
        if (widths[row] == 2) {
          add((long) row * ROW_LENGTH, row * ROW_LENGTH);
          widths[row] = 1;
        }
      }
      call(rows, 1, 0, PARENT | ROOT, 0, 0);
      more = false;
      for (int row = 0; row < size; row++) {
        if (widths[row] > 2) {
          more = true;
          for (int pair = 0; pair < widths[row] / 2; pair++) {
            int target = row * ROW_LENGTH + pair * DIGEST_LENGTH;
            int children = row * ROW_LENGTH + 2 * pair * DIGEST_LENGTH;
            add(children, target);
          }
        }
      }
      call(rows, 1, 0, PARENT, 0, 0);
      for (int row = 0; row < size; row++) {
        int width = widths[row];
        if (width > 2) {
          if (width % 2 == 1) {
            int from = row * ROW_LENGTH + (width - 1) * DIGEST_LENGTH;
            int to = row * ROW_LENGTH + width / 2 * DIGEST_LENGTH;
            MemorySegment.copy(rows, from, rows, to, DIGEST_LENGTH);
          }
          widths[row] = width - width / 2;
        }
      }
    }
  }

  private void add(long input, int target) {
    inputs[inputCount] = input;
    targets[inputCount++] = target;
  }

  /** Hashes what was added, deals the results out, and forgets what was added. */
  private void call(
      MemorySegment source, int blocks, long counter, int flags, int startFlags, int endFlags) {
    if (inputCount == 0) {
      return;
    }
    kernel.hashMany(
        source,
        0,
        inputs,
        inputCount,
        blocks,
        counter,
        false,
        flags,
        startFlags,
        endFlags,
        line,
        0);
    for (int i = 0; i < inputCount; i++) {
      int from = i * DIGEST_WORDS;
      int to = targets[i] / Long.BYTES;
      for (int word = 0; word < DIGEST_WORDS; word++) {
        rowWords.put(to + word, lineWords.get(from + word));
      }
    }
    inputCount = 0;
  }
}
