package io.packhouse.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Event loops that take so many connections at a time. What accepts one more has it refused, and
 * closes it: before a byte of it is read, so whoever connects without a word counts too.
 * Thread-safe.
 */
final class BoundedEventLoops extends MultiThreadIoEventLoopGroup {
  private static final System.Logger LOG = System.getLogger(BoundedEventLoops.class.getName());

  private final int most;
  private final AtomicInteger connections = new AtomicInteger();

  /** Whether it was said that no more are taken. */
  private final AtomicBoolean full = new AtomicBoolean();

  private final UserConnections users;

  /**
   * @param users told of each connection
   */
  BoundedEventLoops(
      int threads, ThreadFactory factory, IoHandlerFactory io, int most, UserConnections users) {
    super(threads, factory, io);
    this.most = most;
    this.users = users;
  }

  /** Those that there are. */
  int connections() {
    return connections.get();
  }

  @Override
  public ChannelFuture register(Channel channel) {
    if (connections.incrementAndGet() > most) {
      connections.decrementAndGet();
      if (!full.getAndSet(true)) {
        LOG.log(System.Logger.Level.WARNING, "there are {0} connections: more are refused", most);
      }
      throw new IllegalStateException("there are " + most + " connections, the most");
    }
    full.set(false);
    channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    users.opened(channel);
    return super.register(channel).addListener(done -> users.registered(channel));
  }
}
