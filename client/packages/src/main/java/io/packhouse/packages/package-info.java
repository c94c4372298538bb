/**
 * Lays out what the Debian, Red Hat and tar packages install, in one <em>stage</em>: a folder that
 * holds the files as they will lie below {@code /}. Runs in the build alone, and ships nowhere.
 *
 * <p>The same sources, JDK and libraries give the same bytes.
 */
@NullMarked
package io.packhouse.packages;

import org.jspecify.annotations.NullMarked;
