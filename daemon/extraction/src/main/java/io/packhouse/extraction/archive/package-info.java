/**
 * Opens archives for extractors within the limits of one extraction.
 *
 * <ul>
 *   <li><em>budget</em>: what the extraction has used up of its limits, counted over all that it
 *       opens;
 *   <li><em>source</em>: the packed bytes of one file or member;
 *   <li><em>faults</em>: the first failure below a library, which may hide it;
 *   <li><em>depth</em>: how many archives a file lies in; that of the tree is at 0.
 * </ul>
 */
@NullMarked
package io.packhouse.extraction.archive;

import org.jspecify.annotations.NullMarked;
