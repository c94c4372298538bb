/**
 * What a delta is packed against, as the packer sees it: digests of whole files and where they are.
 * It knows neither how archives are read nor how they are written.
 *
 * <dl>
 *   <dt>delta
 *   <dd>an archive some of whose contents are in others, its bases
 *   <dt>base
 *   <dd>an archive that a delta needs; the nearest is the one it was packed against, the others are
 *       that one's
 *   <dt>reference
 *   <dd>an extent that stands for all of a file of the nearest base, told by its row there
 * </dl>
 */
@NullMarked
package io.packhouse.engine.base;

import org.jspecify.annotations.NullMarked;
