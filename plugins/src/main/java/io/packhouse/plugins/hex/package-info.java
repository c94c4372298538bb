/**
 * Packages of Hex, the registry of Erlang and Elixir: tars of {@code VERSION}, {@code CHECKSUM},
 * {@code metadata.config} and {@code contents.tar.gz}.
 *
 * <dl>
 *   <dt>inner checksum
 *   <dd>SHA-256 of the other three members' bytes, which {@code CHECKSUM} states
 *   <dt>outer checksum
 *   <dd>SHA-256 of the whole file, which the registry and lock files state
 *   <dt>term
 *   <dd>a value of Erlang's: metadata.config is a row of {@code {key, value}} terms
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.hex;

import org.jspecify.annotations.NullMarked;
