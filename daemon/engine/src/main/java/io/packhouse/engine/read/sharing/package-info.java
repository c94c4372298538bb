/** What the files of an archive share, told from its index alone. */
@NullMarked
package io.packhouse.engine.read.sharing;

import org.jspecify.annotations.NullMarked;
