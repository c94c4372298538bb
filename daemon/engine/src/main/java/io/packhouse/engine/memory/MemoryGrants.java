package io.packhouse.engine.memory;

import java.io.IOException;

/**
 * Lets work that is under way have more memory than it began with, as soon as others leave it.
 * Thread-safe.
 */
@FunctionalInterface
public interface MemoryGrants {
  /** Grants all at once. */
  MemoryGrants UNLIMITED = (bytes, granted) -> granted.run();

  /**
   * Asks for more, and does not wait for it.
   *
   * @param granted run once, when there are that many bytes more: now, or later by another thread,
   *     or never where the work ends before
   * @throws IOException if there will never be, and {@code granted} is not run
   */
  void ask(long bytes, Runnable granted) throws IOException;
}
