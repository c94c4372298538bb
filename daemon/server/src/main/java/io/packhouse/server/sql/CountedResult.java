package io.packhouse.server.sql;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** A result whose query counts, once, for how it ended. Read by one thread, closed by any. */
final class CountedResult extends FilterInputStream {
  private final QueryCounts counts;
  private final long start;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param start when its query had its process, in nanoseconds
   */
  CountedResult(InputStream result, QueryCounts counts, long start) {
    super(result);
    this.counts = counts;
    this.start = start;
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (IOException e) {
      throw counted(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return super.read(bytes, offset, length);
    } catch (IOException e) {
      throw counted(e);
    }
  }

  private IOException counted(IOException e) {
    if (!closed.get() && failed.compareAndSet(false, true)) {
      counts.ended(e);
    }
    return e;
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      counts.took(System.nanoTime() - start);
      if (!failed.get()) {
        counts.done();
      }
    }
    super.close();
  }
}
