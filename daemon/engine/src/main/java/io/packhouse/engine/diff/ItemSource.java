package io.packhouse.engine.diff;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One side of a comparison: items in ascending order of path bytes. One thread. */
interface ItemSource extends AutoCloseable {
  /** The next item, which the caller closes; null after the last. */
  @Nullable Item next() throws IOException;

  @Override
  void close() throws IOException;
}
