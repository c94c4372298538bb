/**
 * The parts of an archive below its entries, each read and checked against the digest above it:
 * seal and footer, batch directory, index batches, blob table, blobs.
 *
 * <dl>
 *   <dt>parts
 *   <dd>all of an open archive, {@link io.packhouse.engine.read.parts.ArchiveParts}
 *   <dt>table
 *   <dd>blob table or batch directory: an Arrow stream whose place and digest the footer has
 *   <dt>group
 *   <dd>the batches of one package type, repository and nesting, sorted by path
 *   <dt>run
 *   <dd>batches of one group that do not overlap; a group is one run, but for nested packages
 *   <dt>core column
 *   <dd>a column that every entry is read with; the others are <em>further</em> columns
 * </dl>
 */
@NullMarked
package io.packhouse.engine.read.parts;

import org.jspecify.annotations.NullMarked;
