package io.packhouse.server.catalog;

import io.packhouse.engine.read.ArchiveReader;

/** An open archive, which stays open as long as someone holds a lease. Close gives it back. */
public interface ArchiveLease extends AutoCloseable {
  ArchiveName name();

  /** The archive; not to be closed, nor used after this lease is. Safe for concurrent use. */
  ArchiveReader reader();

  /** Idempotent. */
  @Override
  void close();
}
