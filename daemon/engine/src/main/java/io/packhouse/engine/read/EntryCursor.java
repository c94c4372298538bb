package io.packhouse.engine.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Entries in ascending order of their path bytes, over all groups. Belongs to one thread at a time;
 * holds no resource, so there is nothing to close: when its reader is closed the next call fails.
 */
public interface EntryCursor {
  /**
   * The next entry, or null after the last.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if a batch is damaged; says between
   *     which paths entries are lost. Thrown once a batch: whoever calls again gets the entries of
   *     the others, still in order
   * @throws IOException if the archive cannot be read, or the reader is closed
   */
  @Nullable Entry next() throws IOException;
}
