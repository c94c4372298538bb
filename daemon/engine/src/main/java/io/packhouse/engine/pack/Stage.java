package io.packhouse.engine.pack;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** Where the time of a pack goes. */
enum Stage {
  WALK,
  READ,
  HASH,

  /** Telling what is worth compressing. */
  EFFORT,

  /** Looking for what contents may share. */
  SHARE,
  EXTRACT,
  PLACE,
  COMPRESS,
  INDEX,
  WRITE,
  SYNC;

  /** Who may have to wait for the others: the stage that nobody waits for sets the pace. */
  enum Waiter {
    /** The walk, for slots, which are given back as blobs are written. */
    WALK,

    /** All workers together, for the walk. */
    WORKERS,

    /** The writer, for the workers. */
    WRITER
  }

  /** Adds up busy and waiting time. Thread-safe; touched a few times an item. */
  static final class Clock {
    private final AtomicLongArray busy = new AtomicLongArray(Stage.values().length);
    private final AtomicLongArray waiting = new AtomicLongArray(Waiter.values().length);

    /**
     * Adds the time since {@code startNanos}.
     *
     * @return now, for the next stage to start from
     */
    long add(Stage stage, long startNanos) {
      long now = System.nanoTime();
      busy.addAndGet(stage.ordinal(), now - startNanos);
      return now;
    }

    /** Adds the time since {@code startNanos} that passed with waiting. */
    void addWait(Waiter waiter, long startNanos) {
      waiting.addAndGet(waiter.ordinal(), System.nanoTime() - startNanos);
    }

    /** Adds the time since {@code startNanos} to the walk, but for what it waited. */
    void addWalk(long startNanos) {
      long waited = waiting.get(Waiter.WALK.ordinal());
      add(WALK, startNanos + waited);
    }

    /** Busy nanoseconds by stage, summed over threads. */
    Map<String, Long> busyByName() {
      return byName(Stage.values(), busy);
    }

    /** Waiting nanoseconds by who waited, summed over threads. */
    Map<String, Long> waitingByName() {
      return byName(Waiter.values(), waiting);
    }

    private static Map<String, Long> byName(Enum<?>[] names, AtomicLongArray nanos) {
      Map<String, Long> byName = new LinkedHashMap<>();
      for (Enum<?> name : names) {
        byName.put(name.name().toLowerCase(Locale.ROOT), nanos.get(name.ordinal()));
      }
      return byName;
    }
  }
}
