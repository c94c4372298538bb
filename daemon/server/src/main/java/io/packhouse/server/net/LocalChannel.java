package io.packhouse.server.net;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.util.concurrent.TimeUnit;

/** A connection to a daemon of this machine by its Unix socket, made when it is first used. */
public final class LocalChannel implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().name("packhoused-local-", 0).daemon().factory(),
          EpollIoHandler.newFactory());
  private final ManagedChannel channel;

  public LocalChannel(Endpoint.Unix endpoint) {
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(endpoint.path().toFile()))
            .eventLoopGroup(loops)
            .channelType(EpollDomainSocketChannel.class)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
  }

  public ManagedChannel channel() {
    return channel;
  }

  /** Cancels calls under way. */
  @Override
  public void close() {
    channel.shutdownNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1_000);
  }
}
