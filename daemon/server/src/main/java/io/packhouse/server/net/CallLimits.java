package io.packhouse.server.net;

/**
 * How much calls may ask for.
 *
 * @param calls calls under way at a time, of all callers
 * @param callsPerCaller of one caller
 * @param callsPerConnection on one connection: more wait at the client
 * @param messageBytes longest message that is taken
 * @param metadataBytes longest headers of a call that are taken
 * @param connections at a time, on all endpoints: more are closed at once
 * @param connectionsPerUser of one user of Unix sockets, and from one address by TCP
 */
public record CallLimits(
    int calls,
    int callsPerCaller,
    int callsPerConnection,
    long messageBytes,
    long metadataBytes,
    int connections,
    int connectionsPerUser) {
  public static final CallLimits DEFAULT =
      new CallLimits(1_024, 256, 256, 16 << 20, 16 << 10, 1_024, 512);

  public CallLimits {
    requirePositive("calls", calls);
    requirePositive("calls-per-caller", callsPerCaller);
    requirePositive("calls-per-connection", callsPerConnection);
    requirePositive("connections", connections);
    requirePositive("connections-per-user", connectionsPerUser);
    requireBetween("message", messageBytes, 64 << 10, 1 << 30);
    requireBetween("metadata", metadataBytes, 1 << 10, 1 << 20);
  }

  private static void requirePositive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, not " + value);
    }
  }

  private static void requireBetween(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + " must be from " + least + " to " + most + " bytes, not " + value);
    }
  }
}
