package io.packhouse.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.longrunning.Operation;
import com.google.protobuf.util.Durations;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.job.Operations;
import io.packhouse.v1.OperationServiceGrpc.OperationServiceImplBase;
import io.packhouse.v1.WatchOperationRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code packhouse.v1.OperationService}: looks at watched operations now and then. */
public final class WatchGrpc extends OperationServiceImplBase implements AutoCloseable {
  private static final long DEFAULT_MILLIS = 200;
  private static final long MIN_MILLIS = 10;
  private static final long MAX_MILLIS = 60_000;

  private final Operations operations;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("packhoused-watch").daemon(true).factory());

  public WatchGrpc(Operations operations) {
    this.operations = operations;
  }

  @Override
  public void watchOperation(WatchOperationRequest request, StreamObserver<Operation> observer) {
    Caller caller = Caller.current();
    long millis =
        request.hasInterval() ? Durations.toMillis(request.getInterval()) : DEFAULT_MILLIS;
    if (millis < MIN_MILLIS || millis > MAX_MILLIS) {
      observer.onError(
          Failures.badField("interval", "must be 10 ms to 1 minute, is " + millis + " ms"));
      return;
    }
    CompletableFuture<Operation> end = operations.ending(caller, request.getName());
    if (end == null) {
      observer.onError(OperationsGrpc.missing(request.getName()));
      return;
    }
    Watcher watcher =
        new Watcher(caller, request.getName(), end, (ServerCallStreamObserver<Operation>) observer);
    watcher.start(millis);
  }

  /** One call. Thread-safe. */
  private final class Watcher {
    private final Caller caller;
    private final String name;
    private final CompletableFuture<Operation> end;
    private final ServerCallStreamObserver<Operation> call;

    @GuardedBy("this")
    private @Nullable Operation sent;

    @GuardedBy("this")
    private @Nullable ScheduledFuture<?> ticks;

    @GuardedBy("this")
    private boolean ended;

    Watcher(
        Caller caller,
        String name,
        CompletableFuture<Operation> end,
        ServerCallStreamObserver<Operation> call) {
      this.caller = caller;
      this.name = name;
      this.end = end;
      this.call = call;
    }

    synchronized void start(long millis) {
      call.setOnCancelHandler(this::stop);
      call.setOnReadyHandler(this::look);
      ticks = clock.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
      CompletableFuture<Void> _ = end.thenRun(this::look);
      look();
    }

    /** Sends what is new, if the client is ready to take it. */
    private synchronized void look() {
      if (ended || !call.isReady()) {
        return;
      }
      Operation now = end.isDone() ? end.join() : operations.get(caller, name);
      if (now == null) {
        finish();
        call.onError(OperationsGrpc.missing(name));
        return;
      }
      if (!now.equals(sent)) {
        sent = now;
        call.onNext(now);
      }
      if (now.getDone()) {
        finish();
        call.onCompleted();
      }
    }

    private synchronized void stop() {
      finish();
    }

    @GuardedBy("this")
    private void finish() {
      ended = true;
      ScheduledFuture<?> running = ticks;
      if (running != null) {
        running.cancel(false);
      }
      end.cancel(false);
    }
  }

  /** Ends the clock; watchers see nothing more but the end. */
  @Override
  public void close() {
    clock.shutdownNow();
  }
}
