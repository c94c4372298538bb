/**
 * What runs in the worker's JVM: tables of archives in DuckDB, and queries that are checked before
 * they are run. A worker takes one request at a time from standard input and answers on standard
 * output, in the frames of {@link io.packhouse.sql.Frames}.
 */
@NullMarked
package io.packhouse.sql.worker;

import org.jspecify.annotations.NullMarked;
