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
  EXTRACT,
  PLACE,
  COMPRESS,
  INDEX,
  WRITE,
  SYNC;

  /** Adds up busy time by stage. Thread-safe; touched a few times an item. */
  static final class Clock {
    private final AtomicLongArray nanos = new AtomicLongArray(Stage.values().length);

    /**
     * Adds the time since {@code startNanos}.
     *
     * @return now, for the next stage to start from
     */
    long add(Stage stage, long startNanos) {
      long now = System.nanoTime();
      nanos.addAndGet(stage.ordinal(), now - startNanos);
      return now;
    }

    Map<String, Long> byName() {
      Map<String, Long> byName = new LinkedHashMap<>();
      for (Stage stage : Stage.values()) {
        byName.put(stage.name().toLowerCase(Locale.ROOT), nanos.get(stage.ordinal()));
      }
      return byName;
    }
  }
}
