/**
 * SQL over all archives of the catalog: the cache of their tables, and the processes that answer.
 */
@NullMarked
package io.packhouse.server.sql;

import org.jspecify.annotations.NullMarked;
