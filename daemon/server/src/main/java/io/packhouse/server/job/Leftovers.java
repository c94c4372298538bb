package io.packhouse.server.job;

import java.io.IOException;

/** Sweeps what was left beside archives that operations were writing when the last daemon died. */
public interface Leftovers {
  /**
   * Deletes it.
   *
   * @param archive its name
   * @throws IOException if that cannot be looked for
   * @throws IllegalArgumentException if it is no such name
   */
  void sweep(String archive) throws IOException;
}
