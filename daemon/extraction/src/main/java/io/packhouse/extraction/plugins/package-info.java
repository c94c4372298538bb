/**
 * Third-party extractors, kept where they cannot hurt.
 *
 * <dl>
 *   <dt>plugin
 *   <dd>a jar in the plugin folder, or a folder of jars in it, with extractors that {@link
 *       java.util.ServiceLoader} finds. It sees {@link io.packhouse.spi} and the JDK, nothing else.
 *   <dt>runner
 *   <dd>a JVM of its own for one plugin, kept warm, that makes one extraction at a time. What it
 *       says is believed no more than what a file says: lengths are checked before memory is taken,
 *       and it is killed where it is late, large or wrong.
 *   <dt>trusted
 *   <dd>said of a plugin, by who owns the folder, that runs in this process
 *   <dt>link
 *   <dd>the Unix socket between host and runner, and the messages on it
 * </dl>
 *
 * <p>A runner is no sandbox: a plugin has the rights of the user who packs. It is a wall between a
 * plugin's mistakes and the pack.
 */
@NullMarked
package io.packhouse.extraction.plugins;

import org.jspecify.annotations.NullMarked;
