package io.packhouse.engine.pack;

import io.packhouse.engine.base.PackBase;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.memory.MemoryGrants;
import io.packhouse.engine.memory.Pages;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.memory.WarmPool;
import io.packhouse.engine.share.Sharing;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.engine.threads.Joining;
import io.packhouse.engine.threads.Pulse;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What packs use and need not make anew: threads, slots, and the contexts of a worker and of a
 * pack. Any number of packs share it, each with what its own plan of memory allows; what one gives
 * back the next one takes. A process that packs once uses it as well, and finds it empty.
 *
 * <p>A thread, slot or context has one owner at a time. What a pack gives back when it fails is
 * closed, not kept. Closing this closes what is idle, and the rest as packs give it back: packs
 * under way go on. Thread-safe.
 */
public final class PackResources implements AutoCloseable {
  /** Idle threads end after this time. */
  private static final long IDLE_SECONDS = 60;

  private static final long PAGE = 4096;

  private final FileAccess files = SystemFileAccess.instance();
  private final WarmPool pool;
  private final Pulse pulse = new Pulse();
  private final ThreadFactory factory =
      Thread.ofPlatform().name("packhouse-pack-", 0).daemon(true).factory();

  /** All threads that have not ended, and few that have. */
  private final Set<Thread> made = ConcurrentHashMap.newKeySet();

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          this::newThread,
          (task, closed) -> newThread(task).start()); // for packs that go on after close

  /**
   * @param mostHeld bytes of memory that packs use and that is kept for the next, together; packs
   *     that need more get it, and leave nothing
   */
  public PackResources(long mostHeld) {
    pool = new WarmPool(mostHeld);
  }

  private Thread newThread(Runnable task) {
    made.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    Thread thread = factory.newThread(task);
    made.add(thread);
    return thread;
  }

  /** Runs the walk and the workers of packs; the thread that was idle last goes first. */
  ExecutorService threads() {
    return threads;
  }

  /** Whether the workers of all packs together get on. */
  public Pulse pulse() {
    return pulse;
  }

  /**
   * Has the next thread of packs do a little of what packs do: take a slot, fill a page of it, hash
   * that and give the slot back.
   *
   * @return done when it did; fails as that does
   */
  public CompletableFuture<Void> tryWorker() {
    Pages.Key key =
        new Pages.Key(SlotPool.rounded(MemoryPlan.of(PackOptions.defaults()).slotLength()));
    return CompletableFuture.runAsync(
        () -> {
          Pages pages = pool.take(key, () -> new Pages(key.length(), files::allocatePages));
          try (Hasher hasher = Blake3.system().newHasher()) {
            MemorySegment page = pages.segment().asSlice(0, PAGE).fill((byte) 1);
            byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
            hasher.hashMany(page, new long[1], new int[] {(int) PAGE}, 1, digest);
          } finally {
            pool.give(key, pages);
          }
        },
        threads);
  }

  /**
   * Slots of a pack.
   *
   * @param spare how many more may be held at a time
   * @param grants asked for the memory of these
   */
  SlotPool newSlots(int count, int spare, long length, MemoryGrants grants) {
    return new SlotPool(count, spare, length, pool, files::allocatePages, grants);
  }

  /**
   * What a pack shares parts of files by; null where it does not.
   *
   * @param base of a delta; null for none
   */
  @Nullable Sharing newSharing(SharingOptions options, SlotPool slots, @Nullable PackBase base) {
    return options.isOff() ? null : new Sharing(options, slots, pool, base);
  }

  WorkerKit takeWorkerKit(WorkerKit.Key key) {
    return pool.take(key, () -> new WorkerKit(key, files));
  }

  PackKit takePackKit(PackKit.Key key) {
    return pool.take(key, () -> new PackKit(key, files::allocatePages));
  }

  /** Takes back a kit. */
  void give(Object key, WarmPool.Item kit) {
    pool.give(key, kit);
  }

  /** Takes back a kit in an unknown state. */
  void discard(WarmPool.Item kit) {
    pool.discard(kit);
  }

  /**
   * Makes slots and touches their pages, so that the first packs need not.
   *
   * @param options of the packs to come
   * @param bytes of slots in all, about
   */
  public void touch(PackOptions options, long bytes) {
    long length = MemoryPlan.of(options).slotLength();
    List<Pages> all = new ArrayList<>();
    Pages.Key key = new Pages.Key(SlotPool.rounded(length));
    for (long made = 0; made + key.length() <= bytes; made += key.length()) {
      Pages pages = pool.take(key, () -> new Pages(key.length(), files::allocatePages));
      all.add(pages);
      for (long at = 0; at < key.length(); at += PAGE) {
        pages.segment().set(ValueLayout.JAVA_BYTE, at, (byte) 0);
      }
    }
    all.forEach(pages -> pool.give(key, pages));
  }

  /** Bytes of memory that are kept for the next packs. */
  public long keptBytes() {
    return pool.keptBytes();
  }

  /** Bytes of memory that packs use. */
  public long lentBytes() {
    return pool.lentBytes();
  }

  /** Slots and kits that packs use: none while there is no pack. */
  public int lentCount() {
    return pool.lentCount();
  }

  /** Threads that work or are kept for the next packs. */
  public int threadCount() {
    return threads.getPoolSize();
  }

  /** Closes what is idle, and what packs use as they give it back. Idempotent. */
  @Override
  public void close() {
    pool.close();
    threads.shutdown();
  }

  /** Waits until all threads have ended, after {@link #close}, when no pack is left. */
  void join() {
    Joining.uninterruptibly(List.copyOf(made), interrupt -> {});
  }
}
