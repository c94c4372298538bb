package io.packhouse.engine.codec.blake3;

import static io.packhouse.engine.codec.blake3.Blake3.DIGEST_LENGTH;

import java.util.Objects;

/**
 * Merges the chaining values of a message's slices, in order, into its digest, in O(log n) memory.
 *
 * <p>Slices are equal in size, a power-of-two number of chunks; the last may be shorter. They may
 * have been hashed anywhere, see {@link Hasher#chainingValue}. A message of one slice has no tree:
 * its digest comes from {@link Hasher#hash}.
 *
 * <p>Complete subtrees are merged only when another slice follows, because the top merge differs
 * from all others by a flag and cannot be told before the end (BLAKE3 paper, section 5.1.2). Not
 * thread-safe; uses the hasher it was given.
 *
 * {@snippet :
 * SliceTree tree = new SliceTree(hasher);
 * for (byte[] value : chainingValues) {
 *   tree.add(value, 0);
 * }
 * tree.finish(digest, 0);
 * }
 */
public final class SliceTree {

  /** A message has at most 2^54 chunks; one more for the lazy merge. */
  private static final int MAX_DEPTH = 55;

  private final Hasher hasher;
  private final byte[] stack = new byte[MAX_DEPTH * DIGEST_LENGTH];
  private int depth;
  private int count;

  /** Makes an empty tree; the hasher stays the caller's. */
  public SliceTree(Hasher hasher) {
    this.hasher = hasher;
  }

  /** Appends the chaining value of the next slice, {@code value[offset, offset + 32)}. */
  public void add(byte[] value, int offset) {
    Objects.checkFromIndexSize(offset, DIGEST_LENGTH, value.length);
    if (count == Integer.MAX_VALUE) {
      throw new IllegalStateException("too many slices, count=" + count);
    }
    // Of n equal slices the complete subtrees are the one-bits of n.
    while (depth > Integer.bitCount(count)) {
      mergeTop(false, stack, (depth - 2) * DIGEST_LENGTH);
      depth--;
    }
    System.arraycopy(value, offset, stack, depth * DIGEST_LENGTH, DIGEST_LENGTH);
    depth++;
    count++;
  }

  /**
   * Writes the message's digest to {@code out[offset, offset + 32)} and empties the tree.
   *
   * @throws IllegalStateException if there are fewer than two slices
   */
  public void finish(byte[] out, int offset) {
    Objects.checkFromIndexSize(offset, DIGEST_LENGTH, out.length);
    top(true, out, offset);
    reset();
  }

  /** Slices added since the tree was empty. */
  public int count() {
    return count;
  }

  /** Empties the tree for another message. */
  public void reset() {
    depth = 0;
    count = 0;
  }

  /** The top of the tree: the digest, or the chaining value of a subtree. */
  void top(boolean root, byte[] out, int offset) {
    if (count < 2) {
      throw new IllegalStateException("a tree needs at least two slices, count=" + count);
    }
    while (depth > 2) {
      mergeTop(false, stack, (depth - 2) * DIGEST_LENGTH);
      depth--;
    }
    mergeTop(root, out, offset);
  }

  private void mergeTop(boolean root, byte[] out, int offset) {
    int left = (depth - 2) * DIGEST_LENGTH;
    hasher.parent(stack, left, stack, left + DIGEST_LENGTH, root, out, offset);
  }
}
