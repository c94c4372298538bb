package io.packhouse.server.sql;

import io.packhouse.server.access.Caller;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.StatementPlan;
import java.io.IOException;
import java.io.InputStream;

/**
 * SQL over the archives that a caller may see: what it does not see is not there. Thread-safe;
 * calls block, so they are made on platform threads that may.
 *
 * <p>All methods throw {@link io.packhouse.sql.SqlException}, whose reason tells what to answer.
 */
public interface SqlQueries {
  /** Checks and plans a statement; nothing of it is run. */
  StatementPlan plan(Caller caller, String sql) throws IOException;

  /**
   * Runs a statement.
   *
   * @param parameters an Arrow IPC stream of one row, a column for each parameter in order; of no
   *     bytes for none
   * @return the result as an Arrow IPC stream; closed before its end, it cancels the query. It may
   *     be closed by another thread than that which reads, once, and that read ends then
   */
  InputStream run(Caller caller, String sql, byte[] parameters, SqlLimits limits)
      throws IOException;
}
