/**
 * Measures SQL over many archives, as a daemon answers it by Flight SQL. Started by {@code
 * daemon/benchmarks/sql}.
 */
@NullMarked
package io.packhouse.benchmarks.sql;

import org.jspecify.annotations.NullMarked;
