/**
 * RPM packages, binary and source, of the formats 3 to 6.
 *
 * <dl>
 *   <dt>lead
 *   <dd>the first 96 bytes, of which only the magic and the kind still mean something
 *   <dt>header
 *   <dd>an index of tags and a store of their values; big-endian throughout
 *   <dt>signature header
 *   <dd>the first header: digests and signatures of what follows, padded to 8 bytes
 *   <dt>main header
 *   <dd>the second header: all that is said about the package
 *   <dt>payload
 *   <dd>the compressed files, which are not read
 *   <dt>capability
 *   <dd>what packages provide and require: their names, files, libraries, features of rpm
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.rpm;

import org.jspecify.annotations.NullMarked;
