package io.packhouse.server.sql;

import io.grpc.Context;
import io.packhouse.sql.SqlException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.UnaryOperator;

/**
 * A result that lets its process go when it is closed, and is closed when its call is cancelled.
 * Read by one thread.
 */
final class LeasedResult extends InputStream {
  private static final System.Logger LOG = System.getLogger(LeasedResult.class.getName());
  private static final int NONE = -1;

  /** Begins a query. */
  interface Source {
    InputStream open() throws IOException;
  }

  private final InputStream result;
  private final QueryPool.Lease lease;
  private final Context call;
  private final UnaryOperator<SqlException> explain;
  private final Context.CancellationListener listener = _ -> closeQuietly();
  private int first = NONE;

  private LeasedResult(
      InputStream result,
      QueryPool.Lease lease,
      Context call,
      UnaryOperator<SqlException> explain) {
    this.result = result;
    this.lease = lease;
    this.call = call;
    this.explain = explain;
  }

  /**
   * Waits for the first byte: until then, what fails can be asked again.
   *
   * @param query begins; its result is closed with this, or where this fails, as the lease is
   * @param explain what to say where it fails later
   */
  static LeasedResult begin(
      Source query, QueryPool.Lease lease, Context call, UnaryOperator<SqlException> explain)
      throws IOException {
    InputStream result;
    try {
      result = query.open();
    } catch (IOException | RuntimeException e) {
      lease.close();
      throw e;
    }
    LeasedResult leased = new LeasedResult(result, lease, call, explain);
    // Not in the thread that tells: it may be one that keeps the time of all calls.
    call.addListener(
        leased.listener,
        task -> Thread.ofPlatform().daemon().name("packhoused-cancel").start(task));
    boolean begun = false;
    try {
      leased.first = result.read();
      leased.checkWanted();
      begun = true;
      return leased;
    } catch (SqlException e) {
      leased.checkWanted();
      throw e;
    } finally {
      if (!begun) {
        leased.closeQuietly();
      }
    }
  }

  /** What is closed has an end, but not that of its query. */
  private void checkWanted() throws SqlException {
    if (call.isCancelled()) {
      throw QueryPool.ended(call);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (first != NONE && length > 0) {
      target[from] = (byte) first;
      first = NONE;
      return 1;
    }
    try {
      int read = result.read(target, from, length);
      checkWanted();
      return read;
    } catch (SqlException e) {
      checkWanted();
      throw explain.apply(e);
    }
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // The call ends by what it ended with; this is the daemon's to know.
      LOG.log(System.Logger.Level.WARNING, "a query did not end well", e);
    }
  }

  /** May be called by any thread, several times: the process goes when one of them is through. */
  @Override
  public void close() throws IOException {
    call.removeListener(listener);
    try {
      result.close();
    } finally {
      lease.close();
    }
  }
}
