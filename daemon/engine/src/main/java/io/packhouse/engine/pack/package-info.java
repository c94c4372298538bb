/**
 * Packing: from directory trees to an archive.
 *
 * <pre>
 * walk ──items──▶ read, hash, extract ──▶ place ──blobs, batches──▶ compress, encode ──▶ write
 * 1 thread        workers                 in order, one at a time    workers              1 thread, in order
 * </pre>
 *
 * <dl>
 *   <dt>item
 *   <dd>the unit of work: a run of entries in path order whose small files share a slot, or one
 *       slice of a big file in a slot of its own
 *   <dt>slice
 *   <dd>an aligned part of a big file, a power of two long but for the last
 *   <dt>placing
 *   <dd>deciding, in path order and from contents alone, which contents are new, which blobs they
 *       go to, and where rows go
 * </dl>
 *
 * <p>Bytes of the archive follow from the order of entries, their contents and the options: items
 * are cut by the walk, blobs by the placing, both in path order; workers only change when things
 * are done.
 */
@NullMarked
package io.packhouse.engine.pack;

import org.jspecify.annotations.NullMarked;
