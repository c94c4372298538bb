/**
 * What files share with files before them, found without knowing their formats. It knows nothing of
 * archives: contents are ranges of slots, and parts of blobs are numbers.
 *
 * <dl>
 *   <dt>anchor
 *   <dd>a place in contents that is told by the bytes there, so that equal contents have the same
 *       anchors wherever they lie
 *   <dt>window
 *   <dd>the slots of the last items that had contents worth looking at, in which matches are looked
 *       for
 *   <dt>match
 *   <dd>a range of a file that is equal, byte by byte, to a range of a file in the window
 *   <dt>part
 *   <dd>a range of a file that lies in one blob, in one piece
 * </dl>
 */
@NullMarked
package io.packhouse.engine.share;

import org.jspecify.annotations.NullMarked;
