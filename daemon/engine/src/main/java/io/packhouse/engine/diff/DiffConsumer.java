package io.packhouse.engine.diff;

import java.io.IOException;

/** Takes differences, in order of their paths within a run. */
@FunctionalInterface
public interface DiffConsumer {
  /**
   * Takes the next difference.
   *
   * @throws IOException if it cannot be taken; the comparison ends with it
   */
  void accept(DiffEntry entry) throws IOException;
}
