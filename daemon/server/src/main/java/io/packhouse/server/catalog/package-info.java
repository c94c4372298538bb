/**
 * The archives that the daemon serves. A <i>folder</i> is a configured directory with a name;
 * archives in it are named by folder and path. The files are the truth: what is kept here can be
 * rebuilt from them.
 */
@NullMarked
package io.packhouse.server.catalog;

import org.jspecify.annotations.NullMarked;
