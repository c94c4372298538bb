/**
 * Off-heap memory of a fixed size, allocated once.
 *
 * <dl>
 *   <dt>slot
 *   <dd>a buffer of the pool, known by its number; holds many small files, a slice of a big one, or
 *       what they were compressed to. A slot has one owner at a time: handing its number on hands
 *       it over
 * </dl>
 */
@NullMarked
package io.packhouse.engine.memory;

import org.jspecify.annotations.NullMarked;
