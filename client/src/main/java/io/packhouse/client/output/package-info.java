/**
 * What the command writes: text, JSON, colours and progress.
 *
 * <dl>
 *   <dt>streams
 *   <dd>the process's standard streams and environment, or a test's
 *   <dt>progress line
 *   <dd>one line on a terminal that is drawn over while work goes on, and gone when it ends
 * </dl>
 */
@NullMarked
package io.packhouse.client.output;

import org.jspecify.annotations.NullMarked;
