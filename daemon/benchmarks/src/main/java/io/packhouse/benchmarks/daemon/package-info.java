/** Measures packhoused: clients and a daemon in two processes, on a Unix socket. */
@NullMarked
package io.packhouse.benchmarks.daemon;

import org.jspecify.annotations.NullMarked;
