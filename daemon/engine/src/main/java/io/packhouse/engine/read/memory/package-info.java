/**
 * Bytes of an archive in memory, and what checks and decodes them. It knows nothing of what the
 * bytes mean.
 *
 * <dl>
 *   <dt>buffer
 *   <dd>off-heap memory from a {@link io.packhouse.engine.read.memory.BufferPool}, freed or reused
 *       when its last holder lets go
 *   <dt>holder
 *   <dd>who has to close a {@link io.packhouse.engine.read.memory.Shared} thing once
 *   <dt>decoder
 *   <dd>a zstd context and a digest state, lent by a {@link
 *       io.packhouse.engine.read.memory.DecoderPool}
 *   <dt>place
 *   <dd>a part of an archive as messages name it, {@link io.packhouse.engine.read.memory.Place}
 * </dl>
 */
@NullMarked
package io.packhouse.engine.read.memory;

import org.jspecify.annotations.NullMarked;
