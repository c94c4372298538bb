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
   * @throws IOException if a batch cannot be read, is damaged, or the reader is closed
   */
  @Nullable Entry next() throws IOException;
}
