/** Measures SQL over many archives. Started by {@code daemon/benchmarks/sql}. */
@NullMarked
package io.packhouse.benchmarks.sql;

import org.jspecify.annotations.NullMarked;
