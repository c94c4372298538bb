/**
 * What systemd asks of a service: word of its state ({@code sd_notify}), a sign of life, and the
 * sockets that it holds for it. Nothing here does anything where systemd has not asked.
 */
@NullMarked
package io.packhouse.server.systemd;

import org.jspecify.annotations.NullMarked;
