package io.packhouse.server.net;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.packhouse.server.access.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many connections a user of Unix sockets may have, and an address by TCP, so that one
 * of them does not take all that there are. Whoever has too many is told so: the calls of one more
 * are refused, and it is closed a moment later. Thread-safe.
 */
final class UserConnections extends ServerTransportFilter {
  /** Why calls of a connection are refused; only connections that are one too many have it. */
  static final Attributes.Key<Refusal> REFUSAL =
      Attributes.Key.create("io.packhouse.server.connection-refusal");

  /** Enough for a client to make its first call and hear the answer. */
  private static final int CLOSE_MILLIS = 2_000;

  private static final String UNKNOWN = "unknown";

  private final int most;
  private final Map<String, Integer> byUser = new ConcurrentHashMap<>();

  /** Those that are one too many, by TCP. */
  private final Map<SocketAddress, Refusal> refused = new ConcurrentHashMap<>();

  /** Likewise on Unix sockets, whose clients have no address. */
  private final Map<Channel, Refusal> refusedLocal = new ConcurrentHashMap<>();

  UserConnections(int most) {
    this.most = most;
  }

  /** Counts a connection, which is not registered yet, as long as it is open. */
  void opened(Channel channel) {
    String user = user(channel);
    boolean over = byUser.merge(user, 1, Integer::sum) > most;
    SocketAddress address = channel.remoteAddress();
    boolean local = channel instanceof EpollDomainSocketChannel;
    if (over) {
      String message = user + " has " + most + " connections, its most";
      Refusal refusal =
          Refusal.exhausted("CONNECTION_QUOTA", user, message, most, CLOSE_MILLIS / 2);
      if (local) {
        refusedLocal.put(channel, refusal);
      } else if (address != null) {
        refused.put(address, refusal);
      }
    }
    channel
        .closeFuture()
        .addListener(
            closed -> {
              byUser.computeIfPresent(user, (_, count) -> count == 1 ? null : count - 1);
              if (over && local) {
                refusedLocal.remove(channel);
              } else if (over && address != null) {
                refused.remove(address);
              }
            });
  }

  /** To be called when it is registered: closes it soon if it is one too many. */
  void registered(Channel channel) {
    SocketAddress address = channel.remoteAddress();
    if (refusedLocal.containsKey(channel) || (address != null && refused.containsKey(address))) {
      Runnable close =
          () -> {
            var _ = channel.close();
          };
      var _ = channel.eventLoop().schedule(close, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** The attributes of a connection of a Unix socket, with why it is refused if it is. */
  Attributes.Builder mark(Channel channel, Attributes.Builder attributes) {
    Refusal refusal = refusedLocal.get(channel);
    return refusal == null ? attributes : attributes.set(REFUSAL, refusal);
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    SocketAddress address = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    Refusal refusal = address == null ? null : refused.get(address);
    return refusal == null ? attributes : attributes.toBuilder().set(REFUSAL, refusal).build();
  }

  private static String user(Channel channel) {
    try {
      if (channel instanceof EpollDomainSocketChannel local) {
        return "uid:" + Integer.toUnsignedLong(local.peerCredentials().uid());
      }
    } catch (IOException e) {
      return UNKNOWN; // gone already; the protocol will not begin
    }
    return channel.remoteAddress() instanceof InetSocketAddress far && far.getAddress() != null
        ? far.getAddress().getHostAddress()
        : UNKNOWN;
  }
}
