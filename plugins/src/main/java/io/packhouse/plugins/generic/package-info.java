/**
 * Files that lie beside packages, of whatever ecosystem, and say something about them.
 *
 * <dl>
 *   <dt>checksum
 *   <dd>a file with the digest of one other file; a <i>checksum list</i> has those of several
 *   <dt>signature
 *   <dd>a detached signature of one other file; an <i>attestation</i> is one that says more
 *   <dt>SBOM
 *   <dd>a software bill of materials
 *   <dt>lock file
 *   <dd>the exact packages that a build resolved
 *   <dt>what a file belongs to
 *   <dd>the file that it is about
 * </dl>
 */
@NullMarked
package io.packhouse.plugins.generic;

import org.jspecify.annotations.NullMarked;
