/**
 * The audit log: who did what to which archive, and what came of it. An <i>event</i> is a call that
 * changes something, a call that is refused, or the end of an operation.
 */
@NullMarked
package io.packhouse.server.audit;

import org.jspecify.annotations.NullMarked;
