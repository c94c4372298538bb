package io.packhouse.client.command;

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

/** The bytes of an archive of a daemon's catalog, fetched as they are read. Thread-safe. */
final class RemoteSource implements ArchiveSource {
  private final PackhouseClient client;
  private final Archive archive;
  private final AtomicLong fetched = new AtomicLong();
  private volatile boolean closed;
  private volatile @Nullable RemoteException failure;

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
    try {
      client.transfers().read(archive, position, target.slice(target.position(), wanted));
    } catch (RemoteException e) {
      failure = e;
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading " + archive.getName());
    }
    target.position(target.position() + wanted);
    fetched.addAndGet(wanted);
    return wanted;
  }

  /** Bytes that were read so far. */
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
