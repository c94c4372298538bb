package io.packhouse.engine.read.memory;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something off-heap that several holders use, freed when the last one lets go. Starts with one
 * holder, its creator. Counting holders is what makes close and eviction safe while reads run.
 */
public abstract class Shared implements AutoCloseable {
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Bytes of memory, for the cache's account. */
  public abstract long bytes();

  /** Frees the memory. Called once. */
  protected abstract void free();

  /** Adds a holder. The caller must be one, or otherwise know that there is one. */
  public final void retain() {
    if (holders.getAndIncrement() <= 0) {
      throw new IllegalStateException("retained after it was freed");
    }
  }

  /** Lets go. */
  @Override
  public final void close() {
    int left = holders.decrementAndGet();
    if (left == 0) {
      free();
    } else if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
  }
}
