/**
 * BLAKE3-256 over off-heap memory: native code where it can be had, our own Java everywhere else.
 *
 * <p>Terms, those of the BLAKE3 paper (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020):
 *
 * <ul>
 *   <li><em>block</em>: 64 bytes, what one compression takes in.
 *   <li><em>chunk</em>: 1,024 bytes, 16 blocks; a leaf of the hash tree. Only the last one of a
 *       message may be shorter.
 *   <li><em>chaining value</em>: the 32 bytes that stand for a chunk or a subtree inside the tree.
 *   <li><em>subtree</em>: a run of chunks under one node. Its chaining value depends on where it
 *       starts, by the number of its first chunk: the <em>chunk counter</em>.
 *   <li><em>parent</em>: the node over two subtrees. The top one is the <em>root</em> and carries a
 *       flag of its own, so a chaining value is never a digest.
 * </ul>
 *
 * <p>{@link io.packhouse.engine.codec.blake3.Blake3} chooses the implementation, a {@link
 * io.packhouse.engine.codec.blake3.Hasher} per thread does the work, and a {@link
 * io.packhouse.engine.codec.blake3.SliceTree} merges what several threads computed of one message.
 */
@NullMarked
package io.packhouse.engine.codec.blake3;

import org.jspecify.annotations.NullMarked;
