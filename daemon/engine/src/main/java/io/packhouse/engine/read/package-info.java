/**
 * The reading side as a library: opens archives, finds and lists entries, reads their contents, and
 * verifies that an archive is what its id says. It writes nothing to disk.
 *
 * <dl>
 *   <dt>reader
 *   <dd>an open archive, {@link io.packhouse.engine.read.ArchiveReader}; safe for concurrent use
 *   <dt>group
 *   <dd>the batches of one package type, repository and nesting, sorted by path
 *   <dt>chunk
 *   <dd>a run of checked content bytes, lent to a {@link io.packhouse.engine.read.ContentConsumer}
 *       for the time of one call
 *   <dt>damage
 *   <dd>a rule of the format that an archive breaks, found by {@link
 *       io.packhouse.engine.read.ArchiveVerifier}
 * </dl>
 *
 * <p>Everything read from disk is hostile until it is checked: against the digest above it first,
 * against the format's limits and its own bounds next, and only then is memory allocated for it.
 */
@NullMarked
package io.packhouse.engine.read;

import org.jspecify.annotations.NullMarked;
