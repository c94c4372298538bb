/**
 * JMH benchmarks of the engine's parts, inside one warm process: run by {@code
 * daemon/benchmarks/jmh}.
 *
 * <p>Data is generated, the same in each run: text of random words, which compresses about as well
 * as package metadata does.
 */
@NullMarked
package io.packhouse.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
