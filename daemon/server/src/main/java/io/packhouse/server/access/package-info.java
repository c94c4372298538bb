/**
 * Who may do what. A <i>caller</i> is known by the credentials of its connection or call; its
 * <i>role</i> and catalog folders say what it may do.
 */
@NullMarked
package io.packhouse.server.access;

import org.jspecify.annotations.NullMarked;
