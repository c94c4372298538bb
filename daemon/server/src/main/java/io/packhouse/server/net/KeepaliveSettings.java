package io.packhouse.server.net;

import java.time.Duration;

/**
 * How idle connections are kept or ended.
 *
 * @param time after so long without a sign of the client it is asked for one
 * @param timeout after so long without an answer the connection is closed
 * @param permitTime a client that asks more often than this is sent away
 * @param permitWithoutCalls whether a client may ask while it has no call under way
 */
public record KeepaliveSettings(
    Duration time, Duration timeout, Duration permitTime, boolean permitWithoutCalls) {
  public static final KeepaliveSettings DEFAULT =
      new KeepaliveSettings(
          Duration.ofMinutes(2), Duration.ofSeconds(20), Duration.ofSeconds(20), true);

  public KeepaliveSettings {
    requirePositive("time", time);
    requirePositive("timeout", timeout);
    requirePositive("permit-time", permitTime);
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(key + " must be longer than nothing, not " + value);
    }
  }
}
