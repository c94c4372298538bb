package io.packhouse.server.grpc;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * Answers a call with a stream of messages, no faster than the client takes them: works while the
 * transport wants more, gives the thread back when it does not, and goes on when it does again. So
 * a slow client costs memory for a few messages and no thread.
 *
 * <p>All of it runs in the call's executor, which runs one thing of a call at a time. A call that
 * is cancelled, or whose deadline has passed, ends between two steps.
 */
public abstract class Pump<T> {
  /** Bytes that wait in the transport before it wants no more. */
  private static final int READY_BYTES = 512 << 10;

  private final ServerCallStreamObserver<T> out;
  private final Context context = Context.current();
  private boolean ended;

  /** Answers a call. */
  protected Pump(StreamObserver<T> observer) {
    this.out = (ServerCallStreamObserver<T>) observer;
  }

  /** To be called in the service's method, which has nothing to do after it. */
  public final void start() {
    out.setOnReadyThreshold(READY_BYTES);
    out.setOnCancelHandler(this::end);
    out.setOnCloseHandler(this::end);
    out.setOnReadyHandler(this::run);
  }

  private void run() {
    if (ended) {
      return;
    }
    try {
      while (out.isReady()) {
        if (context.isCancelled()) {
          end();
          return;
        }
        if (!step()) {
          end();
          out.onCompleted();
          return;
        }
      }
    } catch (Throwable t) {
      end();
      if (!context.isCancelled()) {
        out.onError(Failures.status(t));
      }
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      close();
    }
  }

  /** Sends a message. */
  protected final void send(T message) {
    out.onNext(message);
  }

  /** Whether to stop at once; for a step that takes long. */
  protected final boolean isCancelled() {
    return context.isCancelled();
  }

  /**
   * Does some work, of some milliseconds at most, and sends what has come of it: a few messages at
   * most.
   *
   * @return whether there is more to do
   */
  protected abstract boolean step() throws Exception;

  /** Gives back what the answer needed. Called once, however the call ends. */
  protected abstract void close();
}
