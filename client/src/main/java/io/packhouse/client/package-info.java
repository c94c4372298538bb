/** The {@code packhouse} command. */
@NullMarked
package io.packhouse.client;

import org.jspecify.annotations.NullMarked;
