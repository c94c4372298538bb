package io.packhouse.server.net;

import io.grpc.Status;

/** Is told of each call that has ended, by the thread that ends it: must not wait. Thread-safe. */
@FunctionalInterface
public interface CallObserver {
  /**
   * Tells of an end.
   *
   * @param method its full name, such as {@code packhouse.v1.EntryService/ReadEntries}
   * @param nanos from its headers to its end
   */
  void ended(String method, Status.Code code, long nanos);
}
