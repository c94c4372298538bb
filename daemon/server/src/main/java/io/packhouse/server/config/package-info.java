/**
 * The daemon's configuration: one TOML file, over it the environment, over that the command line. A
 * <i>key</i> is a dotted name such as {@code calls.message}; {@code docs/configuration.md} lists
 * all of them. The settings of a part are a record of that part.
 */
@NullMarked
package io.packhouse.server.config;

import org.jspecify.annotations.NullMarked;
