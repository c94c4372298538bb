/** The daemon: its parts put together, and its main program. */
@NullMarked
package io.packhouse.server;

import org.jspecify.annotations.NullMarked;
