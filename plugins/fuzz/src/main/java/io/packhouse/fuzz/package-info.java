/**
 * Fuzzing of the extractors and of what opens archives for them.
 *
 * <p>A <em>target</em> is what is fuzzed: an extractor by its package type, or the opener. An
 * <em>input</em> is what the fuzzer makes; its first byte chooses one of the target's
 * <em>shapes</em>, which makes a package file of the rest: the bytes as they are under one of the
 * names that the extractor wants, or a sound container around them, since a fuzzer does not find
 * its way through compression and checksums. <em>Parts</em> of an input, between bytes {@link
 * io.packhouse.fuzz.Shape#SEPARATOR}, become the members of a container or the siblings of a file.
 */
@NullMarked
package io.packhouse.fuzz;

import org.jspecify.annotations.NullMarked;
