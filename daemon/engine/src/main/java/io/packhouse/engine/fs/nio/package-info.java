/**
 * Files on any system, through {@code java.nio.file}: checks that no link is followed, which it
 * cannot ensure.
 *
 * <dl>
 *   <dt>handle
 *   <dd>here a path and the identity of what was there when it was opened; every use looks whether
 *       it still is
 * </dl>
 */
@NullMarked
package io.packhouse.engine.fs.nio;

import org.jspecify.annotations.NullMarked;
