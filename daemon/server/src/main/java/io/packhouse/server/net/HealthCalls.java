package io.packhouse.server.net;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a daemon to its own health service: by its first Unix socket, through all that calls of
 * others go through; where it has none, in the process, through all but the network. The connection
 * stays, so that it is not one of those that are refused when there are too many. Thread-safe.
 */
public final class HealthCalls implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  private final @Nullable LocalChannel local;
  private final @Nullable Server server;
  private final ManagedChannel channel;

  /**
   * @param endpoints where the daemon listens
   * @param services what it serves, with interceptors
   * @param executor runs its calls
   */
  public HealthCalls(
      List<Endpoint> endpoints, List<ServerServiceDefinition> services, Executor executor)
      throws IOException {
    Endpoint.Unix socket =
        endpoints.stream()
            .filter(Endpoint.Unix.class::isInstance)
            .map(Endpoint.Unix.class::cast)
            .findFirst()
            .orElse(null);
    if (socket != null) {
      local = new LocalChannel(socket);
      server = null;
      channel = local.channel();
    } else {
      String name = UUID.randomUUID().toString();
      InProcessServerBuilder builder = InProcessServerBuilder.forName(name).executor(executor);
      services.forEach(builder::addService);
      local = null;
      server = builder.build().start();
      channel = InProcessChannelBuilder.forName(name).build();
    }
  }

  /**
   * Asks how the daemon is.
   *
   * @return done when there is an answer, whatever it says: one that has too much to do has not
   *     stopped; fails where there is none
   */
  public CompletableFuture<Void> call() {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    HealthGrpc.newStub(channel)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
        .check(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {}

              @Override
              public void onError(Throwable error) {
                if (Status.fromThrowable(error).getCode() == Status.Code.RESOURCE_EXHAUSTED) {
                  onCompleted();
                } else {
                  answered.completeExceptionally(error);
                }
              }

              @Override
              public void onCompleted() {
                answered.complete(null);
              }
            });
    return answered;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    if (local != null) {
      local.close();
    }
    if (server != null) {
      server.shutdownNow();
    }
  }
}
