/**
 * Go modules as the module proxies and Go's download cache hold them: {@code .zip}, {@code .mod}
 * and {@code .info} files.
 *
 * <dl>
 *   <dt>escaped
 *   <dd>a path or version in which each upper-case letter is written as {@code !} and its
 *       lower-case form, as in file names
 *   <dt>layout
 *   <dd>{@code <escaped module>/@v/<escaped version>.zip}, the paths of the module proxy protocol
 *   <dt>h1
 *   <dd>Go's digest of a module: SHA-256 over the sorted SHA-256 and names of its files
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.golang;

import org.jspecify.annotations.NullMarked;
