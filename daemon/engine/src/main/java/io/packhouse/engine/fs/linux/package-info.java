/**
 * Files on 64-bit Linux: system calls through the foreign function interface, each on a descriptor
 * and at most one name, so that no link is ever followed.
 *
 * <dl>
 *   <dt>descriptor
 *   <dd>an open file's number, kept open while calls use it, {@code LinuxDescriptor}
 *   <dt>scratch
 *   <dd>off-heap memory for a call's arguments and results, one call at a time
 *   <dt>ring
 *   <dd>an io_uring: two queues that are shared with the kernel, and one call for many operations
 *   <dt>window
 *   <dd>the files of a batch that are open at the same time
 *   <dt>refusal
 *   <dd>why this process uses no ring: there is none, or it is forbidden, or one has failed
 * </dl>
 */
@NullMarked
package io.packhouse.engine.fs.linux;

import org.jspecify.annotations.NullMarked;
