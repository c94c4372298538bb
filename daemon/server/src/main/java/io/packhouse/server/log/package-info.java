/**
 * The log: {@code java.util.logging} behind {@link java.lang.System.Logger}, to standard error, as
 * text or JSON, with levels that the system's journal understands where it reads that.
 */
@NullMarked
package io.packhouse.server.log;

import org.jspecify.annotations.NullMarked;
