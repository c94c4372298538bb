/**
 * Benchmarks of whole commands: Packhouse beside other archivers, as processes, from outside.
 *
 * <p>A <em>contender</em> is an archiver with its options. An <em>operation</em> is something that
 * each does: pack, extract. A <em>corpus</em> is a tree that they do it to. A <em>round</em> has
 * each contender do each operation once, in turn; a <em>sample</em> is what one of these cost.
 *
 * <p>The classes here need nothing but the JDK, so that {@code daemon/benchmarks/compare} runs them
 * from source. Benchmarks of parts, inside the process, are in {@link
 * io.packhouse.benchmarks.parts}.
 */
@NullMarked
package io.packhouse.benchmarks;

import org.jspecify.annotations.NullMarked;
