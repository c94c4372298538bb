/**
 * Verification: whether an archive is what its id says, and keeps every rule of the format.
 *
 * <dl>
 *   <dt>damage
 *   <dd>a rule that the archive breaks, {@link io.packhouse.engine.read.verify.Damage}
 *   <dt>check
 *   <dd>a piece of the verification that ends at the first damage it meets; the others go on
 *   <dt>findings
 *   <dd>the damage found so far, by all threads
 * </dl>
 */
@NullMarked
package io.packhouse.engine.read.verify;

import org.jspecify.annotations.NullMarked;
