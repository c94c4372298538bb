package io.packhouse.server.grpc;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Services on a real socket, called as whoever the test says. */
final class TestServer implements AutoCloseable {
  static final Caller ADMIN = new Caller("uid:0", Role.ADMIN, Set.of());

  private static final Metadata.Key<String> WHO =
      Metadata.Key.of("who", Metadata.ASCII_STRING_MARSHALLER);

  private final ConcurrentHashMap<String, Caller> callers = new ConcurrentHashMap<>();
  private final Server server;
  private final ManagedChannel channel;

  TestServer(BindableService... services) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    for (BindableService service : services) {
      builder.addService(service);
    }
    server = builder.intercept(new Identify()).build().start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .maxInboundMessageSize(8 << 20)
            .build();
  }

  /** Calls as the administrator. */
  Channel channel() {
    return channel(ADMIN);
  }

  /** Calls as somebody. */
  Channel channel(Caller caller) {
    callers.put(caller.id(), caller);
    return ClientInterceptors.intercept(channel, new SayWho(caller.id()));
  }

  private final class Identify implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      Caller caller = Objects.requireNonNull(callers.get(headers.get(WHO)));
      return Contexts.interceptCall(
          Context.current().withValue(Caller.KEY, caller), call, headers, next);
    }
  }

  private record SayWho(String id) implements ClientInterceptor {
    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      return new ForwardingClientCall.SimpleForwardingClientCall<A, B>(
          next.newCall(method, options)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          headers.put(WHO, id);
          super.start(listener, headers);
        }
      };
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    try {
      if (!channel.awaitTermination(60, TimeUnit.SECONDS)
          || !server.awaitTermination(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("calls did not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
