/**
 * Codecs.
 *
 * <dl>
 *   <dt>native code
 *   <dd>libraries that are linked at their first use: zstd, BLAKE3 and the system's calls
 * </dl>
 */
@NullMarked
package io.packhouse.engine.codec;

import org.jspecify.annotations.NullMarked;
