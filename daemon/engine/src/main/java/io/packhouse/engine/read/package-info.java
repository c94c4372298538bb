/**
 * The reading side as a library: opens archives, finds and lists entries, and reads their contents.
 * It writes nothing to disk.
 *
 * <dl>
 *   <dt>reader
 *   <dd>an open archive, {@link io.packhouse.engine.read.ArchiveReader}; safe for concurrent use
 *   <dt>cursor
 *   <dd>entries one after another, by path, {@link io.packhouse.engine.read.EntryCursor}
 *   <dt>chunk
 *   <dd>a run of checked content bytes, lent to a {@link io.packhouse.engine.read.ContentConsumer}
 *       for the time of one call
 * </dl>
 *
 * <p>Everything read from disk is hostile until it is checked: against the digest above it first,
 * against the format's limits and its own bounds next, and only then is memory allocated for it.
 *
 * <p>Rooms, each of which knows only those before it: {@code memory} (buffers, decoders), {@code
 * arrow} (messages, columns), {@code parts} (footer, tables, index, blobs), this one (entries), and
 * {@code verify}.
 */
@NullMarked
package io.packhouse.engine.read;

import org.jspecify.annotations.NullMarked;
