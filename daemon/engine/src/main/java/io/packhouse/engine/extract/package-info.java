/**
 * The engine's side of metadata extraction: which extractor gets a file, and keeping its failures
 * to that file.
 *
 * <dl>
 *   <dt>extractor
 *   <dd>reads the metadata of one package type; see {@link io.packhouse.spi}
 *   <dt>extraction
 *   <dd>what an extractor said about one file, or how it failed
 * </dl>
 */
@NullMarked
package io.packhouse.engine.extract;

import org.jspecify.annotations.NullMarked;
