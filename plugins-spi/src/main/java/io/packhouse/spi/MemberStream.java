package io.packhouse.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The members of an archive, one after another. For one thread. */
public interface MemberStream extends AutoCloseable {

  /**
   * The next member; the one before it is no longer valid.
   *
   * @return null after the last
   * @throws ExtractionException where the archive is damaged or goes past a limit
   */
  @Nullable ArchiveMember next() throws ExtractionException, IOException;

  /** Lets go of what was opened. Idempotent. */
  @Override
  void close();
}
