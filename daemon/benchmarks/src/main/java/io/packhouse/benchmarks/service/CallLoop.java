package io.packhouse.benchmarks.service;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Clients without threads of their own, which take as little of the processors as gRPC lets them:
 * each has a connection, and asks again, in the event loop, when it has its answer.
 */
final class CallLoop implements AutoCloseable {
  /** Makes a call. */
  interface Ask<R> {
    void ask(Channel channel, int client, StreamObserver<R> answer);
  }

  /**
   * What came of it.
   *
   * @param units what the answers had, as they were counted
   */
  record Run(Latencies latencies, long units, double seconds) {
    double rate() {
      return latencies.count() / seconds;
    }

    double unitRate() {
      return units / seconds;
    }
  }

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<ManagedChannel> channels = new ArrayList<>();

  /**
   * @param address of the daemon, a Unix socket
   */
  CallLoop(String address, int clients) {
    for (int i = 0; i < clients; i++) {
      channels.add(
          NettyChannelBuilder.forAddress(
                  new DomainSocketAddress(address.substring("unix:".length())))
              .eventLoopGroup(loops)
              .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
              .overrideAuthority("localhost")
              .flowControlWindow(4 << 20)
              .maxInboundMessageSize(16 << 20)
              .usePlaintext()
              .directExecutor()
              .build());
    }
  }

  /**
   * Calls again and again, each client once at least.
   *
   * @param units counts what a message has
   */
  <R> Run run(double seconds, Ask<R> ask, ToLongFunction<R> units)
      throws IOException, InterruptedException {
    Round<R> round = new Round<>(ask, units, System.nanoTime() + (long) (seconds * 1e9));
    long start = System.nanoTime();
    for (int i = 0; i < channels.size(); i++) {
      round.ask(i);
    }
    round.ended.await();
    double took = (System.nanoTime() - start) / 1e9;
    Throwable failure = round.failure.get();
    if (failure != null) {
      throw new IOException("a call failed", failure);
    }
    synchronized (round.nanos) {
      return new Run(new Latencies(round.nanos), round.counted.get(), took);
    }
  }

  private final class Round<R> {
    private final Ask<R> ask;
    private final ToLongFunction<R> units;
    private final long end;
    private final CountDownLatch ended = new CountDownLatch(channels.size());
    private final AtomicLong counted = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Long> nanos = new ArrayList<>();

    private Round(Ask<R> ask, ToLongFunction<R> units, long end) {
      this.ask = ask;
      this.units = units;
      this.end = end;
    }

    private void next(int client) {
      if (System.nanoTime() >= end || failure.get() != null) {
        ended.countDown();
      } else {
        ask(client);
      }
    }

    private void ask(int client) {
      long start = System.nanoTime();
      ask.ask(
          channels.get(client),
          client,
          new StreamObserver<>() {
            @Override
            public void onNext(R message) {
              counted.addAndGet(units.applyAsLong(message));
            }

            @Override
            public void onError(Throwable t) {
              failure.compareAndSet(null, t);
              ended.countDown();
            }

            @Override
            public void onCompleted() {
              synchronized (nanos) {
                nanos.add(System.nanoTime() - start);
              }
              next(client);
            }
          });
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
