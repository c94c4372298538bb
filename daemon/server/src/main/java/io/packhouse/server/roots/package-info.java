/**
 * The parts of the server's file system that callers may name. A <i>root</i> is a configured
 * directory; paths that callers send are absolute and lie under one.
 */
@NullMarked
package io.packhouse.server.roots;

import org.jspecify.annotations.NullMarked;
