package io.packhouse.server.grpc;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

/** How the methods of services begin and end. */
public final class Calls {
  private Calls() {}

  /** A method's body. */
  public interface Body {
    void run() throws Exception;
  }

  /** Answers with one message, or with why there is none. */
  public static <T> void answer(StreamObserver<T> observer, Callable<T> body) {
    T response;
    try {
      response = body.call();
    } catch (Exception | Error e) {
      observer.onError(Failures.status(e));
      return;
    }
    observer.onNext(response);
    observer.onCompleted();
  }

  /** Runs what answers by itself, unless it throws. */
  public static void run(StreamObserver<?> observer, Body body) {
    try {
      body.run();
    } catch (Exception | Error e) {
      observer.onError(Failures.status(e));
    }
  }

  /**
   * To be called between the parts of long work.
   *
   * @throws CancellationException if the call under way was cancelled or is late
   */
  public static void checkCancelled() {
    if (Context.current().isCancelled()) {
      throw new CancellationException("the call was cancelled");
    }
  }
}
