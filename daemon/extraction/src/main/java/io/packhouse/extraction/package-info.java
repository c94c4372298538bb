/**
 * What a host gives to extractors: safe opening of archives, and third-party extractors kept where
 * they cannot hurt.
 */
@NullMarked
package io.packhouse.extraction;

import org.jspecify.annotations.NullMarked;
