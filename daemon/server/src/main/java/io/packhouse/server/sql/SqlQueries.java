package io.packhouse.server.sql;

import io.grpc.Context;
import io.packhouse.server.access.Caller;
import io.packhouse.sql.SqlLimits;
import io.packhouse.sql.StatementPlan;
import java.io.IOException;
import java.io.InputStream;

/**
 * SQL over the archives that a caller may see: what it does not see is not there. Thread-safe;
 * calls block, so they are made on platform threads that may. Where the call that they are for is
 * cancelled, or late, they end at once, waiting or not.
 *
 * <p>All methods throw {@link io.packhouse.sql.SqlException}, whose reason tells what to answer.
 */
public interface SqlQueries {
  /**
   * Checks and plans a statement; nothing of it is run.
   *
   * @param call that this is for
   */
  StatementPlan plan(Caller caller, String sql, Context call) throws IOException;

  /**
   * Runs a statement, and waits for the first of its result.
   *
   * @param parameters an Arrow IPC stream of one row, a column for each parameter in order; of no
   *     bytes for none
   * @param limits of which the time is no more than the call has
   * @param call that this is for; its cancellation ends the result
   * @return the result as an Arrow IPC stream; closed before its end, it cancels the query
   */
  InputStream run(Caller caller, String sql, byte[] parameters, SqlLimits limits, Context call)
      throws IOException;
}
