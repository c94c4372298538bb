package io.packhouse.server.net;

import io.grpc.Attributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.util.AsciiString;
import io.packhouse.server.access.PeerUser;
import java.io.IOException;
import java.util.Set;

/**
 * Begins connections of Unix sockets: plain HTTP/2, with the {@link PeerUser} (SO_PEERCRED,
 * SO_PEERGROUPS) put into the attributes of the connection. Whoever cannot be told from others gets
 * no connection.
 *
 * <p>gRPC waits for the channel to be active, then sends an event with the attributes so far down
 * the handlers; the last of them begins the protocol. This one stands between the two.
 */
final class PeerUserNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  private final UserConnections users;

  PeerUserNegotiator(UserConnections users) {
    this.users = users;
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of("http");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler protocol) {
    return InternalProtocolNegotiators.waitUntilActiveHandler(
        new AddPeerUser(protocol, users), protocol.getNegotiationLogger());
  }

  @Override
  public void close() {}

  private static final class AddPeerUser extends ChannelInboundHandlerAdapter {
    private final GrpcHttp2ConnectionHandler protocol;
    private final UserConnections users;

    AddPeerUser(GrpcHttp2ConnectionHandler protocol, UserConnections users) {
      this.protocol = protocol;
      this.users = users;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws IOException {
      if (!(event instanceof ProtocolNegotiationEvent negotiation)) {
        context.fireUserEventTriggered(event);
        return;
      }
      EpollDomainSocketChannel channel = (EpollDomainSocketChannel) context.channel();
      PeerCredentials peer = channel.peerCredentials();
      Set<Long> groups = PeerGroups.of(channel.fd().intValue());
      for (int group : peer.gids()) {
        groups.add(Integer.toUnsignedLong(group));
      }
      PeerUser user = new PeerUser(Integer.toUnsignedLong(peer.uid()), groups);
      Attributes.Builder known =
          InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
              .set(PeerUser.KEY, user);
      Attributes attributes = users.mark(channel, known).build();
      context
          .pipeline()
          .replace(
              context.name(), null, InternalProtocolNegotiators.grpcNegotiationHandler(protocol));
      // What was replaced still leads to what is there in its place.
      context.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
    }
  }
}
