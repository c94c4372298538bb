/**
 * Package URLs (purls): the names of packages across ecosystems, {@code
 * pkg:type/namespace/name@version?qualifiers}, as ECMA-427 defines them. For the extractors here
 * alone.
 */
@NullMarked
package io.packhouse.plugins.purl;

import org.jspecify.annotations.NullMarked;
