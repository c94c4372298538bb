/**
 * The choice among the implementations of file access: the one place that knows them all.
 *
 * <dl>
 *   <dt>system
 *   <dd>the implementation that this process uses, {@link
 *       io.packhouse.engine.fs.system.SystemFileAccess#instance}
 * </dl>
 */
@NullMarked
package io.packhouse.engine.fs.system;

import org.jspecify.annotations.NullMarked;
