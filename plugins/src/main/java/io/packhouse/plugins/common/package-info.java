/**
 * What extractors of several ecosystems share: bounded parsers of the notations that metadata is
 * written in, and licenses as SPDX expressions.
 */
@NullMarked
package io.packhouse.plugins.common;

import org.jspecify.annotations.NullMarked;
