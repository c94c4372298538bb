/**
 * Differences between two archives, or between an archive and a directory tree.
 *
 * <dl>
 *   <dt>left, right
 *   <dd>what is compared, as it was and as it is: what only the right side has is added
 *   <dt>item
 *   <dd>an entry of either side
 *   <dt>run
 *   <dd>differences that are held back to find moves among them; longer lists have several runs
 * </dl>
 */
@NullMarked
package io.packhouse.engine.diff;

import org.jspecify.annotations.NullMarked;
