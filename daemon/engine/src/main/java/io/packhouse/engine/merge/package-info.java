/** Makes one whole archive of a delta and its bases, with blobs copied as they are stored. */
@NullMarked
package io.packhouse.engine.merge;

import org.jspecify.annotations.NullMarked;
