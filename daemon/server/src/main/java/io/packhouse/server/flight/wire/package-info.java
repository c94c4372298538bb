/** What all of Flight is sent with: Arrow messages, and tickets that are signed. */
@NullMarked
package io.packhouse.server.flight.wire;

import org.jspecify.annotations.NullMarked;
