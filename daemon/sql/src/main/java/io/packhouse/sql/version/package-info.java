/**
 * The order of versions in each ecosystem, and ranges of them.
 *
 * <p>An <em>ecosystem</em> is a type of package URLs: {@code maven}, {@code npm}, {@code deb}. Its
 * <em>order</em> is total: of versions that are <em>valid</em> in it, that which its own tools
 * have; before them the others, as texts. A version becomes a <em>key</em>, whose natural order is
 * that of the ecosystem; most keys are texts, made by {@link io.packhouse.sql.version.KeyWriter}. A
 * <em>range</em> is a list of <em>constraints</em>: a comparator and a version each.
 *
 * <p>Versions and ranges come from anywhere: one of more than 256 characters is not valid, and work
 * on one is linear in its length.
 */
@NullMarked
package io.packhouse.sql.version;

import org.jspecify.annotations.NullMarked;
