/**
 * Composer packages of PHP: the zips that Composer downloads, which are archives of source
 * repositories with a {@code composer.json}.
 *
 * <dl>
 *   <dt>vendor
 *   <dd>what comes before the slash of a package's name
 *   <dt>platform package
 *   <dd>what the machine provides, required by a name without vendor: {@code php}, {@code ext-json}
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.composer;

import org.jspecify.annotations.NullMarked;
