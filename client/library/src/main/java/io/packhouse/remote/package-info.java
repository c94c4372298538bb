/**
 * A client of packhoused: blocking and asynchronous calls, operations to watch and wait for, and
 * transfers that go on where they broke. Depends on the stubs, never on the engine.
 */
@NullMarked
package io.packhouse.remote;

import org.jspecify.annotations.NullMarked;
