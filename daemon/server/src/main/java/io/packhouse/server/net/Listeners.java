package io.packhouse.server.net;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The servers of all endpoints: one for each, since gRPC's settings of a Unix socket and of TCP
 * differ, sharing event loops, executor and services. Thread-safe.
 */
public final class Listeners implements AutoCloseable {

  /**
   * What goes for all endpoints.
   *
   * @param tls secures TCP; null for none
   * @param tracers are told what calls send; null for none
   */
  public record Settings(
      SocketSettings socket,
      @Nullable TlsIdentity tls,
      CallLimits limits,
      KeepaliveSettings keepalive,
      ServerStreamTracer.@Nullable Factory tracers) {}

  /**
   * A server.
   *
   * @param file what it has made; null for none
   * @param inherited where its connections come from; null where it has bound the address itself
   */
  private record Listener(
      Server server,
      Endpoint endpoint,
      @Nullable UnixSocketFile file,
      @Nullable InheritedListener inherited) {}

  private static final long HAND_OVER_MILLIS = 5_000;

  private final EventLoopGroup acceptors =
      new MultiThreadIoEventLoopGroup(1, threads("packhoused-accept-"), io());
  private final UserConnections users;
  private final BoundedEventLoops workers;
  private final List<Listener> listeners = new ArrayList<>();

  private Listeners(CallLimits limits) {
    users = new UserConnections(limits.connectionsPerUser());
    workers =
        new BoundedEventLoops(
            Runtime.getRuntime().availableProcessors(),
            threads("packhoused-net-"),
            io(),
            limits.connections(),
            users);
  }

  /**
   * Listens.
   *
   * @param endpoints to be bound
   * @param inherited those that are bound already, whose descriptors are closed with this
   * @param services with their interceptors
   * @param executor runs calls; not closed with the listeners
   * @throws IOException if an endpoint cannot be had; then there are none
   */
  public static Listeners start(
      List<Endpoint> endpoints,
      List<InheritedSocket> inherited,
      Settings settings,
      List<ServerServiceDefinition> services,
      Executor executor)
      throws IOException {
    Listeners all = new Listeners(settings.limits());
    try {
      for (InheritedSocket socket : inherited) {
        all.listeners.add(all.listen(socket, settings, services, executor));
      }
      for (Endpoint endpoint : endpoints) {
        all.listeners.add(
            switch (endpoint) {
              case Endpoint.Unix unix -> all.listen(unix, settings, services, executor);
              case Endpoint.Tcp tcp -> all.listen(tcp, settings, services, executor);
            });
      }
      return all;
    } catch (Throwable e) {
      all.close();
      throw e;
    }
  }

  private Listener listen(
      InheritedSocket socket,
      Settings settings,
      List<ServerServiceDefinition> services,
      Executor executor)
      throws IOException {
    requireEpoll(socket.endpoint());
    TlsIdentity tls = settings.tls();
    ServerCredentials credentials =
        switch (socket.endpoint()) {
          case Endpoint.Unix _ ->
              InternalNettyServerCredentials.create(new PeerUserNegotiator(users));
          case Endpoint.Tcp _ when tls != null -> tls.credentials();
          case Endpoint.Tcp _ -> InsecureServerCredentials.create();
        };
    SocketAddress address =
        switch (socket.endpoint()) {
          case Endpoint.Unix unix -> new DomainSocketAddress(unix.path().toFile());
          case Endpoint.Tcp tcp -> new InetSocketAddress(tcp.host(), tcp.port());
        };
    InheritedListener inherited = new InheritedListener(socket);
    Server server =
        begin(socket.endpoint(), address, credentials, inherited, settings, services, executor);
    return new Listener(server, socket.endpoint(), null, inherited);
  }

  private static void requireEpoll(Endpoint endpoint) throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException(
          endpoint
              + ": Unix sockets, and those of systemd, need Linux, on x86-64 or ARM64: "
              + Epoll.unavailabilityCause().getMessage());
    }
  }

  private Listener listen(
      Endpoint.Unix endpoint,
      Settings settings,
      List<ServerServiceDefinition> services,
      Executor executor)
      throws IOException {
    requireEpoll(endpoint);
    UnixSocketFile file = UnixSocketFile.prepare(endpoint.path());
    Server server = null;
    try {
      server =
          begin(
              endpoint,
              new DomainSocketAddress(file.bindPath().toFile()),
              InternalNettyServerCredentials.create(new PeerUserNegotiator(users)),
              EpollServerDomainSocketChannel::new,
              settings,
              services,
              executor);
      file.publish(settings.socket());
      return new Listener(server, endpoint, file, null);
    } catch (Throwable e) {
      if (server != null) {
        server.shutdownNow();
      }
      file.close();
      throw e;
    }
  }

  private Listener listen(
      Endpoint.Tcp endpoint,
      Settings settings,
      List<ServerServiceDefinition> services,
      Executor executor)
      throws IOException {
    InetSocketAddress address;
    try {
      // One address, so that there is one port where any will do.
      address =
          new InetSocketAddress(InetAddress.getAllByName(endpoint.host())[0], endpoint.port());
    } catch (UnknownHostException e) {
      throw new IOException(endpoint + ": the host \"" + endpoint.host() + "\" has no address", e);
    }
    TlsIdentity tls = settings.tls();
    Server server =
        begin(
            endpoint,
            address,
            tls == null ? InsecureServerCredentials.create() : tls.credentials(),
            Epoll.isAvailable() ? EpollServerSocketChannel::new : NioServerSocketChannel::new,
            settings,
            services,
            executor);
    return new Listener(server, new Endpoint.Tcp(endpoint.host(), server.getPort()), null, null);
  }

  private Server begin(
      Endpoint endpoint,
      SocketAddress address,
      ServerCredentials credentials,
      ChannelFactory<? extends ServerChannel> channels,
      Settings settings,
      List<ServerServiceDefinition> services,
      Executor executor)
      throws IOException {
    CallLimits limits = settings.limits();
    KeepaliveSettings keepalive = settings.keepalive();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address, credentials)
            .channelFactory(channels)
            .bossEventLoopGroup(acceptors)
            .workerEventLoopGroup(workers)
            .executor(executor)
            .addTransportFilter(users)
            .maxInboundMessageSize(Math.toIntExact(limits.messageBytes()))
            .maxInboundMetadataSize(Math.toIntExact(limits.metadataBytes()))
            .maxConcurrentCallsPerConnection(limits.callsPerConnection())
            .keepAliveTime(keepalive.time().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(keepalive.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(keepalive.permitTime().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(keepalive.permitWithoutCalls());
    services.forEach(builder::addService);
    ServerStreamTracer.Factory tracers = settings.tracers();
    if (tracers != null) {
      builder.addStreamTracerFactory(tracers);
    }
    try {
      return builder.build().start();
    } catch (IOException e) {
      throw new IOException(endpoint + ": " + reason(e), e);
    }
  }

  /** Why nothing could be bound: the innermost reason, without what gRPC puts around it. */
  static String reason(Throwable error) {
    Throwable inner = error;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    String text = String.valueOf(inner.getMessage());
    if (text.contains("Address already in use")) {
      return "address in use: something else listens there";
    }
    return text.contains("Address family not supported")
        ? "this process may use Unix sockets alone; the unit of systemd has no network: list the"
            + " address in packhoused.socket, or see network.conf in docs/operations.md"
        : text;
  }

  /** Where they listen, with the ports that were free. */
  public List<Endpoint> endpoints() {
    return listeners.stream().map(Listener::endpoint).toList();
  }

  /** Connections that there are. */
  public int connections() {
    return workers.connections();
  }

  /** How many of the sockets are inherited. */
  public enum Share {
    NONE,
    SOME,
    ALL
  }

  /** How many of the sockets are inherited. */
  public Share inherited() {
    int count = handed().size();
    return count == 0 ? Share.NONE : count < listeners.size() ? Share.SOME : Share.ALL;
  }

  private List<Listener> handed() {
    return listeners.stream().filter(listener -> listener.inherited() != null).toList();
  }

  /**
   * Leaves inherited sockets to the next process: connections wait there, and clients are told to
   * make new ones. Calls that come by those that they have are served until they have heard of it.
   */
  public void handOver() {
    handed().forEach(listener -> Objects.requireNonNull(listener.inherited()).pause());
    // What was taken last is known to its server when its loop gets here, and is told like others.
    workers.forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly(HAND_OVER_MILLIS));
    handed().forEach(listener -> listener.server().shutdown());
  }

  /** Whether all connections of inherited sockets have ended. */
  public boolean isHandedOver() {
    return handed().stream().allMatch(listener -> listener.server().isTerminated());
  }

  /** Takes no more connections nor calls; those under way go on. */
  public void shutdown() {
    listeners.forEach(listener -> listener.server().shutdown());
  }

  /** Cancels the calls under way. */
  public void shutdownNow() {
    listeners.forEach(listener -> listener.server().shutdownNow());
  }

  /** Waits until all calls have ended after a {@link #shutdown}; false if that takes longer. */
  public boolean awaitTermination(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (Listener listener : listeners) {
      long left = Math.max(0, deadline - System.nanoTime());
      if (!listener.server().awaitTermination(left, TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  /** Ends all: calls under way are cancelled. Idempotent. */
  @Override
  public void close() throws IOException {
    shutdownNow();
    try {
      awaitTermination(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Listener listener : listeners) {
      UnixSocketFile file = listener.file();
      if (file != null) {
        file.close();
      }
    }
    // Without the quiet period that Netty waits by default: nobody submits any more.
    acceptors.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
    workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
  }

  static IoHandlerFactory io() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private static ThreadFactory threads(String name) {
    return Thread.ofPlatform().name(name, 0).daemon().factory();
  }
}
