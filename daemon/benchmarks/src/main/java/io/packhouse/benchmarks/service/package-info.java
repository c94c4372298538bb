/**
 * Measures a real packhoused from outside: a {@link io.packhouse.benchmarks.service.RunningDaemon}
 * in a process of its own, on a Unix socket, called through the client library.
 *
 * <p>A <em>part</em> is a group of measurements that can be asked for by name.
 */
@NullMarked
package io.packhouse.benchmarks.service;

import org.jspecify.annotations.NullMarked;
