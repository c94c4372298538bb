/**
 * Flight SQL: its commands, tickets and actions, answered by {@link
 * io.packhouse.server.sql.SqlQueries}. Results go out as they come, without being decoded.
 *
 * <p>A <em>statement</em> is SQL with the parameters that are bound to it; a <em>handle</em> names
 * a prepared one.
 */
@NullMarked
package io.packhouse.server.flight.sql;

import org.jspecify.annotations.NullMarked;
