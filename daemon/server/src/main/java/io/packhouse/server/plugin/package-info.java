/** The extractors of the daemon, built in and of the plugin folder, loaded once and kept warm. */
@NullMarked
package io.packhouse.server.plugin;

import org.jspecify.annotations.NullMarked;
