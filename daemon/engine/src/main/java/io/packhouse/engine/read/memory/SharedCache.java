package io.packhouse.engine.read.memory;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Decoded parts of an archive, kept in a {@link CacheStore}. A part that several threads ask for at
 * once is loaded by one of them while the others wait. The cache is one of a part's holders; what
 * it drops lives on until its users let go. Safe for concurrent use.
 */
public final class SharedCache<V extends Shared> implements AutoCloseable {
  /** Loads a part; the result's one holder is the caller. */
  @FunctionalInterface
  public interface Loader<V> {
    V load() throws IOException;
  }

  private final CacheStore store;
  private final long owner;
  private volatile boolean closed;

  /** Keeps parts of up to this many bytes in all. */
  public SharedCache(long limit) {
    this(new CacheStore(limit));
  }

  /** Keeps parts in a store, beside those of others. */
  public SharedCache(CacheStore store) {
    this.store = store;
    this.owner = store.newOwner();
  }

  /** Bytes that it keeps at most. */
  public long limit() {
    return store.limit();
  }

  /**
   * A part, from memory or loaded. The caller is a holder of it then.
   *
   * @throws IOException as the loader does; nothing is kept then, and others try again
   */
  @SuppressWarnings("unchecked") // of this owner only what its loaders gave is kept
  public V acquire(long key, Loader<V> loader) throws IOException {
    return (V) store.acquire(this, key, loader);
  }

  /** A part if it is in memory, of which the caller is a holder then; else null. */
  @SuppressWarnings("unchecked") // as above
  public @Nullable V acquireIfPresent(long key) {
    return (V) store.acquireIfPresent(owner, key);
  }

  /** Takes note that a part has grown. */
  public void recharge(long key, V value) {
    store.recharge(owner, key, value);
  }

  /** Bytes of all parts that its store keeps. */
  public long bytes() {
    return store.bytes();
  }

  long owner() {
    return owner;
  }

  boolean isClosed() {
    return closed;
  }

  /** Drops everything, and keeps nothing from now on. */
  @Override
  public void close() {
    closed = true;
    store.drop(owner);
  }
}
