package io.packhouse.server.grpc;

import io.grpc.stub.StreamObserver;

/** Calls with one answer. */
final class Unary {
  private Unary() {}

  /** What makes the answer. */
  @FunctionalInterface
  interface Body<T> {
    T run() throws Exception;
  }

  /** Answers a call; whatever goes wrong becomes its status. */
  static <T> void answer(StreamObserver<T> observer, Body<T> body) {
    T answer;
    try {
      answer = body.run();
    } catch (Exception e) {
      observer.onError(Failures.status(e));
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }
}
