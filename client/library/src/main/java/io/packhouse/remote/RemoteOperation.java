package io.packhouse.remote;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.v1.OperationMetadata;
import io.packhouse.v1.Progress;
import io.packhouse.v1.WatchOperationRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work of a daemon that goes on whether the client is there or not. Thread-safe.
 *
 * @param <R> its response
 */
public final class RemoteOperation<R extends Message> {
  private static final Duration DEFAULT_INTERVAL = Duration.ofMillis(200);

  private final PackhouseClient client;
  private final String name;
  private final Class<R> response;
  private volatile Operation latest;

  RemoteOperation(PackhouseClient client, Operation operation, Class<R> response) {
    this.client = client;
    this.name = operation.getName();
    this.response = response;
    this.latest = operation;
  }

  /** {@code operations/...}: by this any client of the same caller finds it again. */
  public String name() {
    return name;
  }

  /** What was last heard of it. */
  public OperationMetadata metadata() throws IOException {
    return latest.getMetadata().unpack(OperationMetadata.class);
  }

  /** Waits for the end. */
  public R await() throws IOException, InterruptedException {
    return await(DEFAULT_INTERVAL, progress -> {});
  }

  /**
   * Waits for the end, and tells how far it is meanwhile. A connection that breaks is made again,
   * as often as the client's options say.
   *
   * @param interval least time between two calls of {@code listener}, 10 ms to 1 minute
   * @param listener called by this thread
   * @throws RemoteException if the work failed, or nobody can say what became of it
   */
  public R await(Duration interval, Consumer<Progress> listener)
      throws IOException, InterruptedException {
    awaitEnd(interval, metadata -> listener.accept(metadata.getProgress()));
    return result();
  }

  /**
   * As {@link #await(Duration, Consumer)}, but how it ended is in what comes back, well or not; the
   * listener is told all that the daemon says.
   *
   * @return the operation, done
   */
  public Operation awaitEnd(Duration interval, Consumer<OperationMetadata> listener)
      throws IOException, InterruptedException {
    WatchOperationRequest request =
        WatchOperationRequest.newBuilder()
            .setName(name)
            .setInterval(Durations.fromNanos(interval.toNanos()))
            .build();
    int failures = 0;
    while (!latest.getDone()) {
      try {
        BlockingClientCall<?, Operation> call = client.watchCalls().watchOperation(request);
        try {
          for (Operation moment = call.read(); moment != null; moment = call.read()) {
            failures = 0;
            latest = moment;
            listener.accept(metadata());
          }
        } catch (IOException | InterruptedException | RuntimeException e) {
          call.cancel("nobody listens any more", e);
          throw e;
        }
      } catch (StatusException e) {
        RemoteException failure = RemoteException.of(e);
        failures++;
        if (!failure.isTransient() || failures >= client.retries().attempts()) {
          throw failure;
        }
        Thread.sleep(client.retries().pause(failures, failure));
      }
    }
    return latest;
  }

  private R result() throws IOException {
    Operation end = latest;
    if (end.hasError()) {
      throw new RemoteException(end.getError(), null);
    }
    return end.getResponse().unpack(response);
  }

  /** The end, waited for by a thread of {@code executor}. */
  public CompletableFuture<R> future(Executor executor) {
    CompletableFuture<R> future = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            future.complete(await());
          } catch (IOException | RuntimeException e) {
            future.completeExceptionally(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            future.completeExceptionally(e);
          }
        });
    return future;
  }

  /** The response, if it has ended well and this has been heard; else null. */
  public @Nullable R peek() throws IOException {
    return latest.getDone() && !latest.hasError() ? result() : null;
  }

  /** Asks it to end; {@link #await} then says what became of it. */
  public void cancel() throws IOException, InterruptedException {
    CancelOperationRequest request = CancelOperationRequest.newBuilder().setName(name).build();
    client.retries().call(() -> client.operations().cancelOperation(request));
  }
}
