/**
 * The archive format's layouts and constants, as {@code FORMAT.md} specifies them: pure values, no
 * input or output.
 *
 * <dl>
 *   <dt>seal
 *   <dd>64 bytes before the Arrow footer whose digest is the archive's id
 *   <dt>blob
 *   <dd>a stored run of bytes: one zstd frame, or raw bytes; numbered from 0, its <em>ordinal</em>
 *   <dt>extent
 *   <dd>a byte range of a decoded blob, or a run of zero bytes
 * </dl>
 */
@NullMarked
package io.packhouse.engine.format;

import org.jspecify.annotations.NullMarked;
