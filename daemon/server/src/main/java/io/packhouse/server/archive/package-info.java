/**
 * The work on archives: jobs that pack, extract, verify and compare by the engine, and tell how far
 * they are.
 */
@NullMarked
package io.packhouse.server.archive;

import org.jspecify.annotations.NullMarked;
