package io.packhouse.server.archive;

import com.google.protobuf.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Times of the engine as those of the protocol. */
final class Times {
  private static final long NANOS = 1_000_000_000L;

  private Times() {}

  static Duration duration(long nanos) {
    return Duration.newBuilder().setSeconds(nanos / NANOS).setNanos((int) (nanos % NANOS)).build();
  }

  static Map<String, Duration> durations(Map<String, Long> nanosByName) {
    Map<String, Duration> durations = new LinkedHashMap<>();
    nanosByName.forEach((name, nanos) -> durations.put(name, duration(nanos)));
    return durations;
  }
}
