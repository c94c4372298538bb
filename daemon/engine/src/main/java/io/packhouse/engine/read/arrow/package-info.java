/**
 * Arrow IPC messages, read straight from their bytes: schemas, and record batches whose columns are
 * decoded as they are asked for. It knows Arrow, and of the archive format only the limits.
 *
 * <dl>
 *   <dt>message
 *   <dd>an encapsulated Arrow message: metadata, a flatbuffer, and a body
 *   <dt>column
 *   <dd>a field of a schema, {@link io.packhouse.engine.read.arrow.Column}, or of one batch, {@link
 *       io.packhouse.engine.read.arrow.ColumnData}
 *   <dt>node
 *   <dd>length and null count of a column, or of a field inside one, in a batch
 * </dl>
 *
 * <p>Flatbuffers and buffers are hostile until checked, though the digest above them was right: who
 * sealed the archive may have meant harm.
 */
@NullMarked
package io.packhouse.engine.read.arrow;

import org.jspecify.annotations.NullMarked;
