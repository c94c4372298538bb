package io.packhouse.benchmarks.daemon;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Reads entries, as so many clients at once, each of which asks again when it has its answer. */
final class ReadClient implements AutoCloseable {
  /**
   * What a run gave.
   *
   * @param latencies of calls in nanoseconds, sorted
   */
  @SuppressWarnings("ArrayRecordComponent") // made here, read by one caller
  record Result(long entries, long bytes, double seconds, long[] latencies) {
    double rate() {
      return entries / seconds;
    }

    double megabytes() {
      return bytes / 1e6 / seconds;
    }

    double millis(double quantile) {
      return latencies[(int) Math.min(latencies.length - 1L, (long) (latencies.length * quantile))]
          / 1e6;
    }
  }

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ManagedChannel channel;
  private final EntryServiceGrpc.EntryServiceStub stub;

  ReadClient(Path socket) {
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toString()))
            .eventLoopGroup(loops)
            .channelType(EpollDomainSocketChannel.class)
            .flowControlWindow(4 << 20)
            .maxInboundMessageSize(8 << 20)
            .usePlaintext()
            .directExecutor()
            .build();
    stub = EntryServiceGrpc.newStub(channel);
  }

  /**
   * Reads random entries, each as a whole.
   *
   * @param batch entries of a call
   * @param calls of all clients together
   */
  Result read(String archive, List<String> paths, int clients, int batch, int calls, long seed)
      throws InterruptedException {
    Run run = new Run(archive, paths, batch, calls, clients, seed);
    long start = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      run.next();
    }
    run.done.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    Throwable failure = run.failure.get();
    if (failure != null) {
      throw new IllegalStateException("a read failed", failure);
    }
    Arrays.sort(run.latencies);
    return new Result(run.entries.get(), run.bytes.get(), seconds, run.latencies);
  }

  private final class Run {
    private final String archive;
    private final List<String> paths;
    private final int batch;
    private final long[] latencies;
    private final CountDownLatch done;
    private final SplittableRandom random;
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private int begun;

    private Run(String archive, List<String> paths, int batch, int calls, int clients, long seed) {
      this.archive = archive;
      this.paths = paths;
      this.batch = batch;
      this.latencies = new long[calls];
      this.done = new CountDownLatch(clients);
      this.random = new SplittableRandom(seed);
    }

    private void next() {
      ReadEntriesRequest.Builder request = ReadEntriesRequest.newBuilder().setArchive(archive);
      int number;
      synchronized (this) {
        number = begun++;
        if (number < latencies.length) {
          for (int i = 0; i < batch; i++) {
            request.addRanges(
                EntryRange.newBuilder().setPath(paths.get(random.nextInt(paths.size()))));
          }
        }
      }
      if (number >= latencies.length || failure.get() != null) {
        done.countDown();
        return;
      }
      stub.readEntries(request.build(), new Answer(this, number));
    }
  }

  private static final class Answer
      implements ClientResponseObserver<ReadEntriesRequest, ReadEntriesResponse> {
    private final Run run;
    private final int number;
    private final long start = System.nanoTime();
    private int whole;

    private Answer(Run run, int number) {
      this.run = run;
      this.number = number;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ReadEntriesRequest> call) {
      // Flow control as it is by itself: the next message is asked for when one was taken.
    }

    @Override
    public void onNext(ReadEntriesResponse message) {
      if (message.hasError()) {
        run.failure.compareAndSet(null, new IllegalStateException(message.getError().getMessage()));
      }
      run.bytes.addAndGet(message.getData().size());
      whole += message.getLast() ? 1 : 0;
    }

    @Override
    public void onError(Throwable t) {
      run.failure.compareAndSet(null, t);
      run.done.countDown();
    }

    @Override
    public void onCompleted() {
      run.latencies[number] = System.nanoTime() - start;
      run.entries.addAndGet(whole);
      run.next();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
