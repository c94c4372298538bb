package io.packhouse.server.net;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does something once when a call is over, however it ends. */
final class EndListener<Q> extends SimpleForwardingServerCallListener<Q> {
  private final Runnable atEnd;

  EndListener(ServerCall.Listener<Q> listener, Runnable atEnd) {
    super(listener);
    this.atEnd = atEnd;
  }

  /** Makes of what is to be done at an end what is done at the first of several. */
  static Runnable once(Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true)) {
        action.run();
      }
    };
  }

  @Override
  public void onComplete() {
    atEnd.run();
    super.onComplete();
  }

  @Override
  public void onCancel() {
    atEnd.run();
    super.onCancel();
  }
}
