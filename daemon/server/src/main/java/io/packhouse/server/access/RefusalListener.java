package io.packhouse.server.access;

/** Is told of each call that is not let in, by the thread that refuses it. Thread-safe. */
@FunctionalInterface
public interface RefusalListener {
  RefusalListener NONE = (_, _, _) -> {};

  /**
   * Tells of a refusal.
   *
   * @param who the caller's id, or where the call came from if nobody knows who makes it
   * @param method its full name
   */
  void refused(String who, String method, Refusal refusal);

  /** Tells both. */
  default RefusalListener and(RefusalListener other) {
    return (who, method, refusal) -> {
      refused(who, method, refusal);
      other.refused(who, method, refusal);
    };
  }
}
