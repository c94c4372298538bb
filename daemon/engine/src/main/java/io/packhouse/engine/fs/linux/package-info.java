/**
 * Files on 64-bit Linux: system calls through the foreign function interface, each on a descriptor
 * and at most one name, so that no link is ever followed.
 *
 * <dl>
 *   <dt>descriptor
 *   <dd>an open file's number, kept open while calls use it, {@code LinuxDescriptor}
 *   <dt>scratch
 *   <dd>off-heap memory for a call's arguments and results, one call at a time
 * </dl>
 */
@NullMarked
package io.packhouse.engine.fs.linux;

import org.jspecify.annotations.NullMarked;
