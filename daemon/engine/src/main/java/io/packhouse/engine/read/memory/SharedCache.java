package io.packhouse.engine.read.memory;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decoded parts, the least recently used dropped first. A part that several threads ask for at once
 * is loaded by one of them while the others wait. The cache is one of a part's holders; what it
 * drops lives on until its users let go. Safe for concurrent use.
 */
public final class SharedCache<V extends Shared> implements AutoCloseable {
  /** Loads a part; the result's one holder is the caller. */
  @FunctionalInterface
  public interface Loader<V> {
    V load() throws IOException;
  }

  private static final class Slot<V> {
    // Null while it is loaded.
    private @Nullable V value;
    private long charged;
  }

  private final long limit;

  // Guarded by this.
  private final LinkedHashMap<Long, Slot<V>> slots = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private boolean closed;

  /** Keeps parts of up to this many bytes in all. */
  public SharedCache(long limit) {
    this.limit = limit;
  }

  /** Bytes that it keeps at most. */
  public long limit() {
    return limit;
  }

  /**
   * A part, from memory or loaded. The caller is a holder of it then.
   *
   * @throws IOException as the loader does; nothing is kept then, and others try again
   */
  public V acquire(long key, Loader<V> loader) throws IOException {
    Slot<V> slot = new Slot<>();
    boolean interrupted = false;
    try {
      synchronized (this) {
        while (true) {
          Slot<V> present = slots.get(key);
          if (present == null) {
            slots.put(key, slot);
            break;
          }
          if (present.value != null) {
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
    V value = null;
    try {
      value = loader.load();
      return value;
    } finally {
      keep(key, slot, value);
    }
  }

  /** A part if it is in memory, of which the caller is a holder then; else null. */
  public synchronized @Nullable V acquireIfPresent(long key) {
    Slot<V> slot = slots.get(key);
    if (slot == null || slot.value == null) {
      return null;
    }
    slot.value.retain();
    return slot.value;
  }

  private synchronized void keep(long key, Slot<V> slot, @Nullable V value) {
    notifyAll();
    if (value == null || closed || value.bytes() > limit) {
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
  public synchronized void recharge(long key, V value) {
    Slot<V> slot = slots.get(key);
    if (slot != null && slot.value == value) {
      bytes += value.bytes() - slot.charged;
      slot.charged = value.bytes();
      trim();
    }
  }

  private void trim() {
    Iterator<Map.Entry<Long, Slot<V>>> oldest = slots.entrySet().iterator();
    while (bytes > limit && oldest.hasNext()) {
      Slot<V> slot = oldest.next().getValue();
      if (slot.value != null) {
        oldest.remove();
        bytes -= slot.charged;
        slot.value.close();
      }
    }
  }

  /** Bytes of all kept parts. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Drops everything, and keeps nothing from now on. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Slot<V> slot : slots.values()) {
      if (slot.value != null) {
        slot.value.close();
      }
    }
    slots.values().removeIf(slot -> slot.value != null);
    bytes = 0;
  }
}
