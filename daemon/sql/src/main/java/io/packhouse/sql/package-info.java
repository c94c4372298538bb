/**
 * SQL over the indices of archives.
 *
 * <p>An <em>engine</em> is what a caller asks; its <em>worker</em> is a JVM of its own, with DuckDB
 * in it, that has the archives' indices as <em>tables</em> and is ended where a query is beyond its
 * <em>limits</em>. The tables are kept in a file in a private folder, so that the next worker has
 * them at once. Nobody but workers touches DuckDB.
 */
@NullMarked
package io.packhouse.sql;

import org.jspecify.annotations.NullMarked;
