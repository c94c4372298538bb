/**
 * Choosing entries by their paths.
 *
 * <dl>
 *   <dt>glob
 *   <dd>a pattern: {@code *} and {@code ?} match within a name, {@code **} across names, {@code
 *       [abc]} one of these characters, {@code {a,b}} either. Without {@code /} it is matched
 *       against the last name of a path, at any depth; with one, against the whole path; a trailing
 *       {@code /} matches directories only
 * </dl>
 */
@NullMarked
package io.packhouse.engine.select;

import org.jspecify.annotations.NullMarked;
