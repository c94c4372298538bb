package io.packhouse.benchmarks.service;

import com.google.rpc.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.packhouse.remote.Address;
import io.packhouse.remote.ClientOptions;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a soak, a thread each, that do this and that in random order, and pause between, so
 * that all of it takes a part of a core. Thread-safe.
 */
final class SoakClients implements AutoCloseable {
  private static final int CLIENTS = 8;
  private static final int MAX_PAUSE_MILLIS = 2_000;
  private static final int RESTART_ATTEMPTS = 12;

  /** gRPC tries again within so long after the first attempts to connect failed. */
  private static final long RECONNECT_NANOS = 5_000_000_000L;

  /** After so long without a tick this process has not run. */
  private static final long STOPPED_NANOS = 4_000_000_000L;

  /** What clients do, or is done while they do nothing. */
  interface Body {
    void run() throws Exception;
  }

  private record Deed(String name, int weight, Body body) {}

  /** One client. */
  private final class Visitor implements Runnable {
    private final SplittableRandom random;
    private final PackhouseClient client;
    private final List<Deed> deeds = new ArrayList<>();
    private volatile @Nullable String doing;
    private final AtomicInteger ticks = new AtomicInteger();

    Visitor(int number, SoakTrees trees, Ledger ledger, Path out, Path sockets) throws IOException {
      random = new SplittableRandom(seed + number);
      client =
          PackhouseClient.connect(
              ClientOptions.of(Address.parse("unix:" + daemon)).withAttempts(RESTART_ATTEMPTS));
      SoakDeeds good = new SoakDeeds(trees, ledger, out, random, client);
      SoakCrashes bad = new SoakCrashes(trees, sockets, daemon, packhouse, random, threads);
      deeds.add(new Deed("read", 60, good::read));
      deeds.add(new Deed("read a big one", 4, good::readBig));
      deeds.add(new Deed("read and cancel", 12, good::readAndCancel));
      deeds.add(new Deed("read and die", 8, bad::readAndDie));
      deeds.add(new Deed("read and hang", 8, bad::readAndHang));
      deeds.add(new Deed("look", 25, good::look));
      deeds.add(new Deed("pack", 12, good::pack));
      deeds.add(new Deed("pack twice", 3, good::packTwice));
      deeds.add(new Deed("pack and leave", 4, good::packAndLeave));
      deeds.add(new Deed("send a tree", 8, good::sendTree));
      deeds.add(new Deed("send and die", 8, bad::sendAndDie));
      deeds.add(new Deed("verify", 12, good::verify));
      deeds.add(new Deed("extract", 6, good::extract));
      deeds.add(new Deed("diff", 4, good::diff));
      deeds.add(new Deed("cancel", 12, good::cancel));
      deeds.add(new Deed("forget", 3, good::forget));
      deeds.add(new Deed("remove", 2, good::removeArchive));
      deeds.add(new Deed("fetch and put", 5, good::downloadAndUpload));
      deeds.add(new Deed("upload and die", 4, bad::uploadAndDie));
      deeds.add(new Deed("babble", 6, bad::babble));
      deeds.add(new Deed("be killed", 1, bad::killProcess));
    }

    @Override
    public void run() {
      try {
        while (!ended) {
          Deed deed = choose();
          gate.readLock().lock();
          try {
            ticks.set(0);
            doing = deed.name;
            act(deed);
          } finally {
            doing = null;
            gate.readLock().unlock();
          }
          TimeUnit.MILLISECONDS.sleep(random.nextLong(2 * pauseMillis + 1));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private Deed choose() {
      int left = random.nextInt(deeds.stream().mapToInt(Deed::weight).sum());
      for (Deed each : deeds) {
        left -= each.weight;
        if (left < 0) {
          return each;
        }
      }
      throw new AssertionError(left);
    }

    private void act(Deed deed) throws InterruptedException {
      long restartsBefore = restarts.get();
      String ending = "well";
      try {
        deed.body.run();
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception | AssertionError e) {
        Code code = code(e);
        ending = code == null ? "wrong" : code.name();
        if (!isRight(code, restartsBefore != restarts.get() || mayBeAway())) {
          complaint.accept(deed.name + ": " + e);
          e.printStackTrace();
        }
      }
      count(deed.name, ending);
    }
  }

  private final long seed;
  private final Path daemon;
  private final String packhouse;
  private final Consumer<String> complaint;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("soak-", 0).factory());
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
  private final List<Visitor> visitors = new ArrayList<>();
  private final List<Future<?>> visits = new ArrayList<>();
  private final Map<String, Map<String, Long>> counts = new TreeMap<>();
  private volatile long pauseMillis = 300;
  private final AtomicLong restarts = new AtomicLong();
  private volatile long restartedNanos = System.nanoTime() - RECONNECT_NANOS;
  private volatile long tickedNanos = System.nanoTime();
  private volatile boolean restarting;
  private volatile boolean ended;

  /**
   * @param daemon its socket
   * @param complaint is told of what must not be
   */
  SoakClients(long seed, Path daemon, String packhouse, Consumer<String> complaint) {
    this.seed = seed;
    this.daemon = daemon;
    this.packhouse = packhouse;
    this.complaint = complaint;
  }

  void start(SoakTrees trees, Ledger ledger, Path out, Path sockets) throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      visitors.add(new Visitor(i, trees, ledger, out, sockets));
    }
    visitors.forEach(visitor -> visits.add(threads.submit(visitor)));
  }

  private static @Nullable Code code(Throwable failure) {
    return switch (failure) {
      case RemoteException remote -> remote.code();
      case StatusRuntimeException status -> Code.forNumber(status.getStatus().getCode().value());
      case StatusException status -> Code.forNumber(status.getStatus().getCode().value());
      case SocketException _ -> Code.UNAVAILABLE;
      default -> null;
    };
  }

  /** Whether a client may see this: an archive is not there, or the daemon is not. */
  private static boolean isRight(@Nullable Code code, boolean restarted) {
    return switch (code) {
      case NOT_FOUND, RESOURCE_EXHAUSTED -> true;
      // UNKNOWN is what gRPC's client says of a connection that closes as a call begins on it.
      case UNAVAILABLE, UNKNOWN, ABORTED, CANCELLED -> restarted;
      case null, default -> false;
    };
  }

  private synchronized void count(String deed, String ending) {
    counts.computeIfAbsent(deed, name -> new TreeMap<>()).merge(ending, 1L, Long::sum);
  }

  synchronized Map<String, Map<String, Long>> counts() {
    return new TreeMap<>(counts);
  }

  /** From now on until {@link #restarted} the daemon may be away. */
  void restarting() {
    restarting = true;
  }

  void restarted() {
    restarts.incrementAndGet();
    restartedNanos = System.nanoTime();
    restarting = false;
  }

  /** Whether a client may find nobody, or remember that it found nobody a moment ago. */
  private boolean mayBeAway() {
    long now = System.nanoTime();
    return restarting
        || now - restartedNanos < RECONNECT_NANOS
        || now - tickedNanos > STOPPED_NANOS;
  }

  /** Pauses less or more, so that the whole takes {@code wanted} of a core, not {@code taken}. */
  void pace(double taken, double wanted) {
    double factor = Math.clamp(taken / wanted, 0.5, 2);
    pauseMillis = Math.clamp(Math.round(pauseMillis * factor), 1, MAX_PAUSE_MILLIS);
  }

  /** Runs something while no client does anything. */
  void quietly(Body body) throws Exception {
    gate.writeLock().lock();
    try {
      body.run();
    } finally {
      gate.writeLock().unlock();
    }
  }

  /**
   * To be called every second or more often.
   *
   * @throws IllegalStateException if a client has waited for longer than any call may take
   */
  void tick() {
    if (System.nanoTime() - tickedNanos > STOPPED_NANOS) {
      // All stood still, and connections may have been given up for dead.
      restarted();
    }
    tickedNanos = System.nanoTime();
    for (Visitor visitor : visitors) {
      String what = visitor.doing;
      int ticks = visitor.ticks.incrementAndGet();
      if (what != null && ticks > 2 * SoakDeeds.PATIENCE_SECONDS) {
        throw new IllegalStateException(what + " hangs");
      }
    }
  }

  /** Ends them when they have done what they are at. */
  void endVisits() throws Exception {
    ended = true;
    if (!Patience.await(
        SoakDeeds.PATIENCE_SECONDS, () -> visits.stream().allMatch(Future::isDone))) {
      complaint.accept("clients do not end");
    }
    for (Future<?> visit : visits) {
      if (visit.state() == Future.State.FAILED) {
        complaint.accept("a client failed: " + visit.exceptionNow());
      }
    }
  }

  @Override
  public void close() {
    ended = true;
    threads.shutdownNow();
    visitors.forEach(visitor -> visitor.client.close());
  }
}
