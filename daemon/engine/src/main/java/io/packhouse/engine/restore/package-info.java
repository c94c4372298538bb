/**
 * Restoring archives to directories.
 *
 * <dl>
 *   <dt>destination
 *   <dd>the directory that stands for the archive's root. Everything is created relative to open
 *       handles of it and of directories in it, never through a link, so that neither an archive
 *       nor anybody who changes the destination meanwhile can lead the restore out of it
 *   <dt>selection
 *   <dd>the entries that were asked for, {@link io.packhouse.engine.restore.Selection}
 *   <dt>window
 *   <dd>a run of entries in path order that is planned at once: its files are grouped by the blob
 *       that they are in, so that a blob is decoded once for all of them. Memory depends on the
 *       window, not on the archive
 *   <dt>problem
 *   <dd>an entry that is not restored, or not wholly, and why
 * </dl>
 *
 * <p>A file appears with contents whose digest was checked, or not at all: short files are checked
 * before they are created, and long ones are removed where the check fails at their end.
 */
@NullMarked
package io.packhouse.engine.restore;

import org.jspecify.annotations.NullMarked;
