package io.packhouse.server.net;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes Netty's channel of an inherited socket. Netty takes a descriptor that listens, but servers
 * bind what they are given, which the system refuses a second time: so the channel's first handler
 * answers that it is bound, and lets it take connections only then, when the server's own handlers
 * are there to have them. The file of a Unix socket stays when the channel is closed: Netty removes
 * only what it has bound.
 */
final class InheritedListener implements ChannelFactory<ServerChannel> {
  private static final long PATIENCE_MILLIS = 5_000;

  private final InheritedSocket socket;
  private volatile @Nullable ServerChannel channel;

  InheritedListener(InheritedSocket socket) {
    this.socket = socket;
  }

  @Override
  public ServerChannel newChannel() {
    ServerChannel made =
        switch (socket.endpoint()) {
          case Endpoint.Unix _ -> new EpollServerDomainSocketChannel(socket.descriptor(), true);
          case Endpoint.Tcp _ -> new EpollServerSocketChannel(socket.descriptor());
        };
    made.config().setAutoRead(false);
    made.pipeline().addFirst(new Bound());
    channel = made;
    return made;
  }

  /** Takes no more connections: they wait at the socket for the next process. */
  void pause() {
    ServerChannel made = Objects.requireNonNull(channel);
    made.config().setAutoRead(false);
    // One that it was about to take has been taken when the loop gets here.
    made.eventLoop().submit(() -> {}).awaitUninterruptibly(PATIENCE_MILLIS);
  }

  private static final class Bound extends ChannelOutboundHandlerAdapter {
    @Override
    public void bind(ChannelHandlerContext context, SocketAddress address, ChannelPromise promise) {
      promise.setSuccess();
      context.channel().config().setAutoRead(true);
    }
  }
}
