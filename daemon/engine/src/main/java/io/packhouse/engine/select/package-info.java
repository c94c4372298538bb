/**
 * Choosing entries by their paths.
 *
 * <dl>
 *   <dt>glob
 *   <dd>a pattern: {@code *} and {@code ?} match within a name, {@code **} across names, and as a
 *       whole name no directory or any number of them ({@code **}{@code /a} matches {@code a} and
 *       {@code b/c/a}), {@code [a-z]} one of these characters, {@code [!a-z]} one of the others,
 *       {@code {a,b}} either, {@code \} takes the next character as it is. Without {@code /} it is
 *       matched against the last name of a path, at any depth; with one, against the whole path; a
 *       trailing {@code /} matches directories only
 * </dl>
 */
@NullMarked
package io.packhouse.engine.select;

import org.jspecify.annotations.NullMarked;
