/**
 * The verbs of the command, one class each.
 *
 * <dl>
 *   <dt>session
 *   <dd>one run of the command: its streams, and what to do when it is interrupted
 *   <dt>failure
 *   <dd>an end that the user is told of in one line, with an exit code
 *   <dt>path argument
 *   <dd>a path in an archive as people give it: its text, or the form that listings show
 *   <dt>selection
 *   <dd>the entries that path arguments and globs name, with all that is below them
 * </dl>
 */
@NullMarked
package io.packhouse.client.command;

import org.jspecify.annotations.NullMarked;
