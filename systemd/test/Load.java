import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.StatEntriesResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Calls a daemon at a Unix socket, so many times a second, until a file appears; then says how many
 * calls there were, how many failed and how long the slowest took. Every tenth of a second a
 * connection is made anew. Nothing is tried again. No more than 200 calls are under way at a time:
 * a daemon takes 256 of one caller.
 *
 * <p>Usage: {@code java Load.java SOCKET ARCHIVE PATH RATE FILE}. Exits with 1 if a call failed.
 */
public final class Load {
  /** Says of every Unix socket that TCP's options are not for it. */
  private static final Logger NOISE = Logger.getLogger("io.netty.bootstrap");

  private static final int CHANNELS = 8;
  private static final int MOST = 200;

  public static void main(String[] args) throws Exception {
    NOISE.setLevel(Level.OFF);
    StatEntriesRequest request =
        StatEntriesRequest.newBuilder().setArchive(args[1]).addPaths(args[2]).build();
    int rate = Integer.parseInt(args[3]);
    Path end = Path.of(args[4]);
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      channels.add(connect(args[0], loops));
    }
    Map<Status.Code, AtomicInteger> failures = new ConcurrentHashMap<>();
    AtomicLong slowest = new AtomicLong();
    Semaphore free = new Semaphore(MOST);
    int calls = 0;
    System.out.println("calling");
    long next = System.nanoTime();
    for (; !Files.exists(end); calls++) {
      int i = calls % CHANNELS;
      if (calls % (rate / 10) == 0) {
        channels.get(i).shutdown();
        channels.set(i, connect(args[0], loops));
      }
      free.acquire();
      long start = System.nanoTime();
      EntryServiceGrpc.newStub(channels.get(i))
          .withDeadlineAfter(60, TimeUnit.SECONDS)
          .statEntries(
              request,
              new StreamObserver<>() {
                @Override
                public void onNext(StatEntriesResponse response) {}

                @Override
                public void onError(Throwable error) {
                  Status status = Status.fromThrowable(error);
                  if (failures
                          .computeIfAbsent(status.getCode(), _ -> new AtomicInteger())
                          .incrementAndGet()
                      == 1) {
                    System.out.println(status);
                  }
                  free.release();
                }

                @Override
                public void onCompleted() {
                  slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
                  free.release();
                }
              });
      next += TimeUnit.SECONDS.toNanos(1) / rate;
      // What could not be called while nobody answered is not made up for.
      next = Math.max(next, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
      LockSupport.parkNanos(next - System.nanoTime());
    }
    free.acquire(MOST);
    System.out.println(
        calls
            + " calls, slowest "
            + slowest.get() / 1_000_000
            + " ms, failed: "
            + (failures.isEmpty() ? "0" : new TreeMap<>(failures)));
    System.exit(failures.isEmpty() ? 0 : 1);
  }

  private static ManagedChannel connect(String socket, MultiThreadIoEventLoopGroup loops) {
    return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket))
        .eventLoopGroup(loops)
        .channelType(EpollDomainSocketChannel.class)
        .overrideAuthority("localhost")
        .usePlaintext()
        .build();
  }
}
