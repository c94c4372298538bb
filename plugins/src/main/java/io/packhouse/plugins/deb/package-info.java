/**
 * Debian packages: {@code .deb}, {@code .udeb} and {@code .ddeb} files.
 *
 * <dl>
 *   <dt>control archive
 *   <dd>the tar, compressed or not, with the package's metadata and maintainer scripts: the second
 *       member of the file
 *   <dt>data archive
 *   <dd>the tar of the files that are installed: the third member
 *   <dt>control fields
 *   <dd>the stanza in the control archive's member {@code control}
 *   <dt>relation
 *   <dd>one {@code name (>= version)}, several of them separated by {@code |} being alternatives
 *   <dt>vendor
 *   <dd>the distribution a package was built for, as far as it can be told; the purl's namespace
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.deb;

import org.jspecify.annotations.NullMarked;
