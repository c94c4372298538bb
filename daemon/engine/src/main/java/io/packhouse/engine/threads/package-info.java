/** What the engine's threads share: packing, restoring and syncing all end theirs alike. */
@NullMarked
package io.packhouse.engine.threads;

import org.jspecify.annotations.NullMarked;
