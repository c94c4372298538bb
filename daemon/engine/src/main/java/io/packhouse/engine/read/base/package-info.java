/** Archives as bases of deltas that are packed against them. */
@NullMarked
package io.packhouse.engine.read.base;

import org.jspecify.annotations.NullMarked;
