/**
 * Where the daemon listens, and what goes for every connection and call whoever makes it. An
 * <i>endpoint</i> is an address to listen at; each has a server of its own, and all share threads
 * and services.
 */
@NullMarked
package io.packhouse.server.net;

import org.jspecify.annotations.NullMarked;
