package io.packhouse.remote;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Makes gRPC channels. */
final class Channels {
  /** As much as a daemon sends in a message. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private static final long KEEPALIVE_MINUTES = 1;

  /** What a large transfer has under way on a fast connection. */
  private static final int WINDOW_BYTES = 4 << 20;

  private Channels() {}

  /**
   * What works for all channels of Unix sockets. It never ends: a call that begins as its channel
   * is closed would wait for ever for threads that are gone.
   */
  private static final class Threads {
    private static final int MOST = 4;

    static final MultiThreadIoEventLoopGroup SHARED =
        new MultiThreadIoEventLoopGroup(
            Math.min(MOST, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("packhouse-client", true),
            EpollIoHandler.newFactory());
  }

  /** A channel that is open. */
  record Open(ManagedChannel channel) {
    void close() {
      channel.shutdownNow();
      try {
        channel.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Makes a channel, which connects when it is first used.
   *
   * @throws IOException if certificates or keys cannot be read, or the system has no such sockets
   */
  static Open open(ClientOptions options) throws IOException {
    NettyChannelBuilder builder;
    switch (options.address()) {
      case Address.Unix(String path) -> {
        if (!Epoll.isAvailable()) {
          throw new IOException(
              "Unix sockets need Linux on x86-64 or aarch64 here: " + Epoll.unavailabilityCause());
        }
        builder =
            NettyChannelBuilder.forAddress(new DomainSocketAddress(path))
                .eventLoopGroup(Threads.SHARED)
                .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
                .overrideAuthority("localhost")
                .negotiationType(NegotiationType.PLAINTEXT);
      }
      case Address.Tcp tcp -> {
        builder =
            NettyChannelBuilder.forAddress(tcp.host(), tcp.port())
                .keepAliveTime(KEEPALIVE_MINUTES, TimeUnit.MINUTES);
        if (tcp.isLoopback() && options.trusted() == null && options.certificate() == null) {
          builder.negotiationType(NegotiationType.PLAINTEXT);
        } else {
          builder.sslContext(tls(options));
        }
      }
    }
    builder.maxInboundMessageSize(MAX_MESSAGE_BYTES).flowControlWindow(WINDOW_BYTES);
    builder.intercept(new AbandonedCalls());
    String token = options.token();
    if (token != null) {
      builder.intercept(new Bearer(token));
    }
    return new Open(builder.build());
  }

  private static io.netty.handler.ssl.SslContext tls(ClientOptions options) throws IOException {
    SslContextBuilder tls = GrpcSslContexts.forClient();
    Path trusted = options.trusted();
    Path certificate = options.certificate();
    Path key = options.key();
    try {
      if (trusted != null) {
        tls.trustManager(readable(trusted).toFile());
      }
      if (certificate != null && key != null) {
        tls.keyManager(readable(certificate).toFile(), readable(key).toFile());
      }
      return tls.build();
    } catch (IllegalArgumentException | SSLException e) {
      throw new IOException(
          "cannot use the certificates for " + options.address() + ": " + e.getMessage(), e);
    }
  }

  private static Path readable(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": no such file, or it cannot be read");
    }
    return file;
  }

  /** Sends a token with each call. */
  private static final class Bearer implements ClientInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final String value;

    Bearer(String token) {
      this.value = "Bearer " + token;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          headers.put(AUTHORIZATION, value);
          super.start(listener, headers);
        }
      };
    }
  }
}
