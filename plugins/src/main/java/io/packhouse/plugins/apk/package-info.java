/**
 * Alpine packages of version 2: concatenated gzip members, each with a piece of a tar.
 *
 * <dl>
 *   <dt>signature segment
 *   <dd>the first member of signed packages: files {@code .SIGN.<kind>.<key name>}
 *   <dt>control segment
 *   <dd>the next: {@code .PKGINFO} and the scripts
 *   <dt>data segment
 *   <dd>the last: the files that are installed
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.apk;

import org.jspecify.annotations.NullMarked;
