package io.packhouse.engine.read.memory;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SharedCache}s keep their parts in: one alone, or all those of several archives, which
 * then share its limit, so that the archive that is read most has most of it. The least recently
 * used part is dropped first. Safe for concurrent use.
 */
public final class CacheStore {
  private record Key(long owner, long ordinal) {}

  private static final class Slot {
    // Null while it is loaded.
    private @Nullable Shared value;
    private long charged;
  }

  private final long limit;

  // Guarded by this.
  private final LinkedHashMap<Key, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private long owners;
  private long hits;
  private long misses;

  /** Keeps parts of up to this many bytes in all. */
  public CacheStore(long limit) {
    this.limit = limit;
  }

  /** Bytes that it keeps at most. */
  public long limit() {
    return limit;
  }

  /** Bytes of all kept parts. */
  public synchronized long bytes() {
    return bytes;
  }

  /** How often a part was asked for that was kept, or that another thread was loading. */
  public synchronized long hits() {
    return hits;
  }

  /** How often a part had to be loaded. */
  public synchronized long misses() {
    return misses;
  }

  /** A number that no other cache has. */
  synchronized long newOwner() {
    return owners++;
  }

  Shared acquire(SharedCache<?> cache, long ordinal, SharedCache.Loader<? extends Shared> loader)
      throws IOException {
    Key key = new Key(cache.owner(), ordinal);
    Slot slot = new Slot();
    boolean interrupted = false;
    try {
      synchronized (this) {
        while (true) {
          Slot present = slots.get(key);
          if (present == null) {
            misses++;
            slots.put(key, slot);
            break;
          }
          if (present.value != null) {
            hits++;
            present.value.retain();
            return present.value;
          }
          try {
            wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    Shared value = null;
    try {
      value = loader.load();
      return value;
    } finally {
      keep(cache, key, slot, value);
    }
  }

  synchronized @Nullable Shared acquireIfPresent(long owner, long ordinal) {
    Slot slot = slots.get(new Key(owner, ordinal));
    if (slot == null || slot.value == null) {
      return null;
    }
    hits++;
    slot.value.retain();
    return slot.value;
  }

  private synchronized void keep(SharedCache<?> cache, Key key, Slot slot, @Nullable Shared value) {
    notifyAll();
    if (value == null || cache.isClosed() || value.bytes() > limit) {
      slots.remove(key, slot);
      return;
    }
    value.retain();
    slot.value = value;
    slot.charged = value.bytes();
    bytes += slot.charged;
    trim();
  }

  /** Takes note that a part has grown. */
  @SuppressWarnings("ReferenceEquality") // another load of the same part is another part
  synchronized void recharge(long owner, long ordinal, Shared value) {
    Slot slot = slots.get(new Key(owner, ordinal));
    if (slot != null && slot.value == value) {
      bytes += value.bytes() - slot.charged;
      slot.charged = value.bytes();
      trim();
    }
  }

  private void trim() {
    Iterator<Map.Entry<Key, Slot>> oldest = slots.entrySet().iterator();
    while (bytes > limit && oldest.hasNext()) {
      Slot slot = oldest.next().getValue();
      if (slot.value != null) {
        oldest.remove();
        bytes -= slot.charged;
        slot.value.close();
      }
    }
  }

  /** Drops all parts of a cache, which must be closed: no more of it is kept. */
  synchronized void drop(long owner) {
    Iterator<Map.Entry<Key, Slot>> all = slots.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Key, Slot> next = all.next();
      Slot slot = next.getValue();
      if (next.getKey().owner() == owner && slot.value != null) {
        all.remove();
        bytes -= slot.charged;
        slot.value.close();
      }
    }
  }
}
