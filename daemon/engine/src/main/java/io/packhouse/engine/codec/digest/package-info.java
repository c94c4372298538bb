/**
 * Digests other than the archive's own, as lock files and checksum files have them: MD5, SHA-1 and
 * the SHA-2 family over off-heap memory, by the system's libcrypto where there is one, else by the
 * JDK.
 *
 * <p>Nothing is loaded or linked before the first {@link
 * io.packhouse.engine.codec.digest.Digests#system}, since most packs need none of it.
 *
 * <dl>
 *   <dt>digester
 *   <dd>computes digests of one algorithm, one message after another, each in one piece or several
 * </dl>
 */
@NullMarked
package io.packhouse.engine.codec.digest;

import org.jspecify.annotations.NullMarked;
