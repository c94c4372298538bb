package io.packhouse.server.grpc;

import io.grpc.BindableService;
import io.grpc.CallCredentials;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Services on a real socket of this machine, where a header of each call says who calls. */
final class RunningServices implements AutoCloseable {
  private static final Metadata.Key<String> CALLER =
      Metadata.Key.of("test-caller", Metadata.ASCII_STRING_MARSHALLER);

  private final Server server;
  private final ManagedChannel channel;

  RunningServices(BindableService... services) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    for (BindableService service : services) {
      builder.addService(service);
    }
    server = builder.intercept(new SetCaller()).build().start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .maxInboundMessageSize(16 << 20)
            .build();
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Makes calls those of somebody, who sees all folders if none is named. */
  static CallCredentials as(String id, Role role, String... folders) {
    String text = id + " " + role.name() + " " + String.join(",", folders);
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier to) {
        Metadata headers = new Metadata();
        headers.put(CALLER, text);
        to.apply(headers);
      }
    };
  }

  private static final class SetCaller implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String[] words = Objects.requireNonNull(headers.get(CALLER)).split(" ", -1);
      Set<String> folders = words[2].isEmpty() ? Set.of() : Set.of(words[2].split(","));
      Caller caller = new Caller(words[0], Role.valueOf(words[1]), folders);
      return Contexts.interceptCall(
          Context.current().withValue(Caller.KEY, caller), call, headers, next);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
