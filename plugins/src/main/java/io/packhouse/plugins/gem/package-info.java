/**
 * Gems, the packages of Ruby: tars of {@code metadata.gz}, {@code data.tar.gz} and {@code
 * checksums.yaml.gz}.
 *
 * <dl>
 *   <dt>specification
 *   <dd>the {@code Gem::Specification} that {@code metadata.gz} has as YAML with Ruby's tags. It is
 *       read as maps, lists and text; no tag constructs anything
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.gem;

import org.jspecify.annotations.NullMarked;
