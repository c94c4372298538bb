/** What a delta uses of each of its bases. */
@NullMarked
package io.packhouse.engine.read.chain;

import org.jspecify.annotations.NullMarked;
