package io.packhouse.remote;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs what gRPC has to do for a call that was cancelled.
 *
 * <p>A {@link io.grpc.stub.BlockingClientCall} does all of that in the thread that reads or writes,
 * while it waits. After {@code cancel} nobody waits, so a message that had just arrived would keep
 * the network's buffers for ever (<a
 * href="https://github.com/grpc/grpc-java/issues/12355">grpc-java 12355</a>).
 */
final class AbandonedCalls implements ClientInterceptor {
  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    Executor caller = options.getExecutor();
    if (caller == null || method.getType() == MethodDescriptor.MethodType.UNARY) {
      return next.newCall(method, options); // what waits for one answer waits for its end
    }
    Tasks tasks = new Tasks(caller);
    return new SimpleForwardingClientCall<>(next.newCall(method, options.withExecutor(tasks))) {
      @Override
      public void cancel(@Nullable String message, @Nullable Throwable cause) {
        try {
          super.cancel(message, cause);
        } finally {
          tasks.abandon();
        }
      }
    };
  }

  /** Those of a call, run by the caller, or by whoever brings them once it was cancelled. */
  private static final class Tasks implements Executor {
    private final Executor caller;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean abandoned;

    Tasks(Executor caller) {
      this.caller = caller;
    }

    @Override
    public void execute(Runnable task) {
      waiting.add(task);
      caller.execute(this::runNext);
      if (abandoned) {
        runAll();
      }
    }

    /** What the caller finds to do: nothing, if it has been done meanwhile. */
    private void runNext() {
      Runnable task = waiting.poll();
      if (task != null) {
        task.run();
      }
    }

    void abandon() {
      abandoned = true;
      runAll();
    }

    private void runAll() {
      for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
        task.run();
        caller.execute(() -> {}); // another thread may wait for what this did
      }
    }
  }
}
