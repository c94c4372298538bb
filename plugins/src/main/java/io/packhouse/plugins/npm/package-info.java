/**
 * npm packages: the tarballs that {@code npm pack} makes and registries hand out.
 *
 * <dl>
 *   <dt>manifest
 *   <dd>the {@code package.json} in the archive's top directory, which may have any name
 *   <dt>scope
 *   <dd>the part of a name such as {@code @scope/name} up to the slash, its {@code @} included
 *   <dt>bundled package
 *   <dd>one that lies in the {@code node_modules} of the top directory, or in that of another
 *       bundled package
 *   <dt>layout
 *   <dd>the paths of a registry and of its mirrors, {@code name/-/name-version.tgz}
 *   <dt>alias
 *   <dd>a dependency installed under another name than its own: {@code "a": "npm:b@^1"}
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.npm;

import org.jspecify.annotations.NullMarked;
