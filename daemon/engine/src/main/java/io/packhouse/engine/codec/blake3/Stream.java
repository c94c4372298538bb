package io.packhouse.engine.codec.blake3;

import static io.packhouse.engine.codec.blake3.Blake3.DIGEST_LENGTH;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A message that comes in parts: whole batches are hashed where they lie, the rest is gathered in a
 * buffer of one batch. A full buffer is hashed only when more comes, because the last batch may be
 * the root.
 */
final class Stream {

  private static final int BATCH_LENGTH = Hasher.BATCH_LENGTH;

  private final Hasher hasher;
  private final SliceTree batches;
  private final MemorySegment buffer;
  private final byte[] value = new byte[DIGEST_LENGTH];
  private int buffered;

  Stream(Hasher hasher, Arena arena) {
    this.hasher = hasher;
    this.batches = new SliceTree(hasher);
    this.buffer = arena.allocate(BATCH_LENGTH, Kernel.BLOCK_LENGTH);
  }

  void reset() {
    batches.reset();
    buffered = 0;
  }

  void update(MemorySegment source, long offset, long length) {
    while (length > 0) {
      if (buffered == BATCH_LENGTH) {
        flush(buffer, 0);
        buffered = 0;
      }
      if (buffered == 0 && length > BATCH_LENGTH) {
        flush(source, offset);
        offset += BATCH_LENGTH;
        length -= BATCH_LENGTH;
      } else {
        int part = (int) Math.min(length, BATCH_LENGTH - buffered);
        MemorySegment.copy(source, offset, buffer, buffered, part);
        buffered += part;
        offset += part;
        length -= part;
      }
    }
  }

  void finish(byte[] out, int outOffset) {
    if (batches.count() == 0) {
      hasher.subtree(buffer, 0, buffered, 0, true, out, outOffset);
    } else {
      hasher.subtree(buffer, 0, buffered, counter(), false, value, 0);
      batches.add(value, 0);
      batches.finish(out, outOffset);
    }
    reset();
  }

  private void flush(MemorySegment batch, long offset) {
    hasher.subtree(batch, offset, BATCH_LENGTH, counter(), false, value, 0);
    batches.add(value, 0);
  }

  private long counter() {
    return (long) batches.count() * Hasher.BATCH_CHUNKS;
  }
}
