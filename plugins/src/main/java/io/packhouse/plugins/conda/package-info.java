/**
 * Conda packages, in their old form ({@code .tar.bz2}) and the one of today ({@code .conda}).
 *
 * <dl>
 *   <dt>index
 *   <dd>{@code info/index.json}: what a channel's index says of the package
 *   <dt>about
 *   <dd>{@code info/about.json}: what the recipe says of the project
 *   <dt>subdir
 *   <dd>the platform that the package is for, such as {@code linux-64} or {@code noarch}
 *   <dt>build
 *   <dd>the build string, which tells apart packages of one version
 *   <dt>match spec
 *   <dd>a dependency: a name, versions and a build
 *   <dt>stem
 *   <dd>{@code name-version-build}: a file name without its extension
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.conda;

import org.jspecify.annotations.NullMarked;
