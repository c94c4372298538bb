/**
 * The index: rows that say what an archive holds, and where they go.
 *
 * <dl>
 *   <dt>row
 *   <dd>one entry of the archive with its package columns
 *   <dt>batch
 *   <dd>an Arrow record batch of rows that share a group: package type, repository, nested or not
 *   <dt>index sink
 *   <dd>what takes the rows of an archive in path order; the Arrow one writes them into the archive
 *   <dt>blob table, batch directory
 *   <dd>small Arrow streams after the batches that say where blobs and batches are
 * </dl>
 */
@NullMarked
package io.packhouse.engine.index;

import org.jspecify.annotations.NullMarked;
