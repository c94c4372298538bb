package io.packhouse.client.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.read.parts.ArchiveSource;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DescribeArchiveRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an archive of a daemon's catalog, fetched as they are read. Where reads follow each
 * other without a gap, what comes next is fetched with them: as much as was read so far, and a
 * bounded part at most. Thread-safe.
 */
final class RemoteSource implements ArchiveSource {
  private static final int MOST_AHEAD = 4 << 20;

  private final PackhouseClient client;
  private final Archive archive;
  private final AtomicLong fetched = new AtomicLong();
  private volatile boolean closed;
  private volatile @Nullable RemoteException failure;

  /** What was fetched ahead: from {@code aheadAt} on, as long as the buffer. */
  @GuardedBy("this")
  private ByteBuffer ahead = ByteBuffer.allocate(0);

  @GuardedBy("this")
  private long aheadAt;

  /** Where the last read ended, and how much was read up to there without a gap. */
  @GuardedBy("this")
  private long next = -1;

  @GuardedBy("this")
  private long run;

  private RemoteSource(PackhouseClient client, Archive archive) {
    this.client = client;
    this.archive = archive;
  }

  /** The archive as it is now: when it is replaced, reads fail. */
  static RemoteSource of(PackhouseClient client, String name)
      throws IOException, InterruptedException {
    DescribeArchiveRequest question = DescribeArchiveRequest.newBuilder().setName(name).build();
    return new RemoteSource(
        client, client.retrying(() -> client.catalog().describeArchive(question)).getArchive());
  }

  @Override
  public long size() {
    return archive.getSizeBytes();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    int wanted = (int) Math.min(target.remaining(), size() - position);
    if (wanted <= 0) {
      return -1;
    }
    ByteBuffer part = target.slice(target.position(), wanted);
    int more = takeAhead(part, position);
    if (part.hasRemaining()) {
      fetch(part, position + part.position(), more);
    }
    target.position(target.position() + wanted);
    return wanted;
  }

  /**
   * Gives what was fetched already.
   *
   * @return how much to fetch with the rest
   */
  private synchronized int takeAhead(ByteBuffer part, long position) {
    int wanted = part.remaining();
    run = position == next ? run + wanted : 0;
    next = position + wanted;
    long skipped = position - aheadAt;
    if (skipped >= 0 && skipped < ahead.capacity()) {
      int length = (int) Math.min(wanted, ahead.capacity() - skipped);
      part.put(ahead.slice((int) skipped, length));
    }
    return (int) Math.min(Math.min(run, MOST_AHEAD), size() - next);
  }

  private void fetch(ByteBuffer part, long position, int more) throws IOException {
    if (more == 0) {
      fetch(part, position);
      return;
    }
    int length = part.remaining();
    ByteBuffer all = ByteBuffer.allocate(Math.addExact(length, more));
    fetch(all, position);
    part.put(all.slice(0, length));
    synchronized (this) {
      ahead = all.slice(length, more);
      aheadAt = position + length;
    }
  }

  private void fetch(ByteBuffer part, long position) throws IOException {
    int length = part.remaining();
    try {
      client.transfers().read(archive, position, part);
    } catch (RemoteException e) {
      failure = e;
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading " + archive.getName());
    }
    fetched.addAndGet(length);
  }

  /** Bytes that were fetched so far. */
  long fetchedBytes() {
    return fetched.get();
  }

  /** Why the daemon could not be read from, if it could not. */
  @Nullable RemoteException failure() {
    return failure;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
