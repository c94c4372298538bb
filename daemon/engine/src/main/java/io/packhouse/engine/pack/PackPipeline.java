package io.packhouse.engine.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.index.EncodedBatch;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.memory.SlotPool;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands work between the walk, the workers, the placing and the writer of one pack.
 *
 * <p>Items are read in any order, placed in the walk's order by whichever worker finds the next one
 * read, compressed in any order, and written in the order of their placing. Work that frees slots
 * goes before work that fills them. The first failure ends all waiting; later ones are suppressed
 * onto it.
 *
 * <p>What slots do not bound, {@link #submit} does: it lets the walk wait while many batches are to
 * be written, or many directories are open. Nothing but the walk ever waits there, so what is under
 * way always gets done.
 *
 * <p>Thread-safe: one lock, taken a few times an item, never during work.
 */
final class PackPipeline {

  /** Something to be written, in order, once a worker has made it. */
  static final class Unit {
    /** Blobs of an item, or null. */
    final @Nullable PackItem item;

    /** Rows of a batch, or null; the worker takes them. */
    @Nullable List<EntryRow> rows;

    /** The batch, once encoded. */
    @Nullable EncodedBatch batch;

    /** Guarded by the pipeline's lock. */
    private boolean made;

    private Unit(@Nullable PackItem item, @Nullable List<EntryRow> rows) {
      this.item = item;
      this.rows = rows;
    }
  }

  /** Places items, one at a time and in order. */
  interface Placing {
    void place(PackItem item) throws IOException;

    /** After the last item. */
    void finish() throws IOException;
  }

  /** Items of empty files have no blobs to wait for, only rows. */
  private static final int MAX_WAITING_BATCHES = 4;

  private final SlotPool slots;
  private final int maxOpenDirectories;
  private final Stage.Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Condition written = lock.newCondition();

  @GuardedBy("lock")
  private final Deque<PackItem> toRead = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Deque<Unit> toMake = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Deque<Unit> toWrite = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Map<Long, PackItem> read = new HashMap<>();

  /** Slices that were read, while digests are computed that take them in order. */
  @GuardedBy("lock")
  private final Set<PackItem> digesting = new HashSet<>();

  /** In {@code toWrite}. */
  @GuardedBy("lock")
  private int waitingBatches;

  /** Of items that were submitted and not read yet. */
  @GuardedBy("lock")
  private int openDirectories;

  /** Workers that wait for work. */
  @GuardedBy("lock")
  private int idleWorkers;

  /** Workers that place, and then ask for work. */
  @GuardedBy("lock")
  private int comingWorkers;

  /** Workers that may still be started, and what starts one. */
  @GuardedBy("lock")
  private int unstartedWorkers;

  @GuardedBy("lock")
  private Runnable starter = () -> {};

  @GuardedBy("lock")
  private long nextToPlace;

  @GuardedBy("lock")
  private boolean placing;

  /** Number of items in all, once the walk is done. */
  @GuardedBy("lock")
  private long itemCount = Long.MAX_VALUE;

  @GuardedBy("lock")
  private boolean placed;

  @GuardedBy("lock")
  private @Nullable Throwable failure;

  private volatile long entriesFound;
  private volatile long bytesFound;
  private volatile long entriesPlaced;
  private volatile byte[] placedPath = new byte[0];
  private volatile long bytesPlaced;

  /**
   * @param maxOpenDirectories that items may hold; a single one may have more
   */
  PackPipeline(SlotPool slots, int maxOpenDirectories, Stage.Clock clock) {
    this.slots = slots;
    this.clock = clock;
    this.maxOpenDirectories = maxOpenDirectories;
  }

  /**
   * Says how to start a worker, which calls {@link #takeWork} until there is nothing more. It is
   * started once there is more work than workers wait for.
   */
  void startWorkers(int most, Runnable start) {
    lock.lock();
    try {
      unstartedWorkers = most;
      starter = start;
    } finally {
      lock.unlock();
    }
  }

  /** Has somebody do the work that was just added. */
  @GuardedBy("lock")
  private void callWorker() {
    if (toMake.size() + toRead.size() > idleWorkers + comingWorkers
        && unstartedWorkers > 0
        && failure == null) {
      unstartedWorkers--;
      starter.run();
    }
    work.signal();
  }

  /** The walk found an entry. Only the walk's thread calls it. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void found(long bytes) {
    entriesFound++;
    bytesFound += bytes;
  }

  /** Takes a slot, waiting until there is one. Only the walk's thread calls it. */
  int takeSlot() throws InterruptedException {
    long start = System.nanoTime();
    int slot = slots.take();
    clock.addWait(Stage.Waiter.WALK, start);
    return slot;
  }

  /**
   * Hands over an item to be read, then waits until there is room for another. The item is handed
   * over even if this fails. Only the walk's thread calls it.
   */
  void submit(PackItem item) throws InterruptedException {
    lock.lock();
    try {
      item.directoryCount = item.directories.size();
      openDirectories += item.directoryCount;
      toRead.add(item);
      callWorker();
      long start = System.nanoTime();
      while (failure == null
          && (waitingBatches > MAX_WAITING_BATCHES || openDirectories > maxOpenDirectories)) {
        room.await();
      }
      clock.addWait(Stage.Waiter.WALK, start);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Says how many items there were.
   *
   * @return whether the walk's thread is to be a worker from now on
   */
  boolean walkDone(long count, Placing placer) throws IOException {
    boolean works;
    lock.lock();
    try {
      itemCount = count;
      works = unstartedWorkers > 0;
      unstartedWorkers -= works ? 1 : 0;
      comingWorkers += works ? 1 : 0;
    } finally {
      lock.unlock();
    }
    placeRead(placer, works ? 1 : 0);
    return works;
  }

  /**
   * Takes the next thing to do: a unit to make, else an item to read.
   *
   * @return a {@link Unit} or a {@link PackItem}; null when there will be nothing any more
   */
  @Nullable Object takeWork() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (failure != null) {
          return null;
        }
        Unit unit = toMake.poll();
        if (unit != null) {
          return unit;
        }
        PackItem item = toRead.poll();
        if (item != null) {
          return item;
        }
        if (placed) {
          return null;
        }
        long start = System.nanoTime();
        idleWorkers++;
        try {
          work.await();
        } finally {
          idleWorkers--;
        }
        clock.addWait(Stage.Waiter.WORKERS, start);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an item that was read until {@link #readDone}, however long its digests take. */
  void digesting(PackItem item) {
    lock.lock();
    try {
      digesting.add(item);
    } finally {
      lock.unlock();
    }
  }

  /** Hands over an item that was read, and places all those whose turn has come. */
  void readDone(PackItem item, Placing placer) throws IOException {
    lock.lock();
    try {
      digesting.remove(item);
      read.put(item.ordinal, item);
      openDirectories -= item.directoryCount;
      comingWorkers++;
      room.signal();
    } finally {
      lock.unlock();
    }
    placeRead(placer, 1);
  }

  /** Places what is to be placed by a thread that is, or is not, among the coming workers. */
  private void placeRead(Placing placer, int coming) throws IOException {
    try {
      placeRead(placer);
    } finally {
      lock.lock();
      try {
        comingWorkers -= coming;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Only one thread at a time gets past the flag, so placing is in order. */
  private void placeRead(Placing placer) throws IOException {
    while (true) {
      PackItem item;
      lock.lock();
      try {
        if (placing || placed || failure != null) {
          return;
        }
        item = read.remove(nextToPlace);
        if (item == null && nextToPlace < itemCount) {
          return;
        }
        placing = true;
      } finally {
        lock.unlock();
      }
      if (item != null) {
        try {
          placer.place(item);
        } catch (Throwable e) {
          discard(item);
          throw e;
        }
        countPlaced(item);
        // Rows say it all from here on, and thousands of entries would survive collections.
        item.entries.clear();
        enqueueBlobs(item);
      } else {
        placer.finish();
      }
      lock.lock();
      try {
        placing = false;
        nextToPlace++;
        if (item == null) {
          placed = true;
          work.signalAll();
          written.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one placing at a time
  private void countPlaced(PackItem item) {
    BigFile file = item.bigFile;
    if (file != null) {
      placedPath = file.entry.path;
      bytesPlaced += item.sliceLength;
      entriesPlaced += item.isLastSlice() ? 1 : 0;
      return;
    }
    long bytes = 0;
    byte[] path = placedPath;
    for (PackEntry entry : item.entries) {
      bytes += entry.size();
      path = entry.path;
    }
    placedPath = path;
    entriesPlaced += item.entries.size();
    bytesPlaced += bytes;
  }

  private void enqueueBlobs(PackItem item) {
    if (item.blobs.isEmpty()) {
      releaseSlots(item);
      return;
    }
    enqueue(new Unit(item, null));
  }

  /** Hands over the rows of a batch to be encoded and written after all that came before. */
  void enqueueBatch(List<EntryRow> rows) {
    enqueue(new Unit(null, rows));
  }

  private void enqueue(Unit unit) {
    lock.lock();
    try {
      toWrite.add(unit);
      waitingBatches += unit.item == null ? 1 : 0;
      toMake.add(unit);
      callWorker();
    } finally {
      lock.unlock();
    }
  }

  /** Says that a unit can be written. */
  void made(Unit unit) {
    lock.lock();
    try {
      unit.made = true;
      written.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next unit to write.
   *
   * @param tick called every now and then while there is none
   * @return null after the last
   * @throws IOException the pack's failure, if there is one
   */
  @Nullable Unit takeMade(Runnable tick) throws IOException, InterruptedException {
    while (true) {
      lock.lockInterruptibly();
      try {
        rethrowFailure();
        Unit head = toWrite.peek();
        if (head != null && head.made) {
          waitingBatches -= head.item == null ? 1 : 0;
          room.signal();
          return toWrite.remove();
        }
        if (head == null && placed) {
          return null;
        }
        long start = System.nanoTime();
        written.await(100, TimeUnit.MILLISECONDS);
        clock.addWait(Stage.Waiter.WRITER, start);
      } finally {
        lock.unlock();
      }
      tick.run();
    }
  }

  /** Ends the pack, unless it has failed already. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      } else if (!failure.equals(cause) && !(cause instanceof InterruptedException)) {
        failure.addSuppressed(cause);
      }
      work.signalAll();
      written.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    slots.cancel();
  }

  @GuardedBy("lock")
  private void rethrowFailure() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IOException(failure);
    }
  }

  PackListener.Progress progress(long bytesWritten) {
    boolean walkDone;
    lock.lock();
    try {
      walkDone = itemCount != Long.MAX_VALUE;
    } finally {
      lock.unlock();
    }
    return new PackListener.Progress(
        entriesFound,
        bytesFound,
        walkDone,
        entriesPlaced,
        bytesPlaced,
        bytesWritten,
        placedPath.length == 0 ? "" : PathText.display(placedPath));
  }

  /** Gives back the slots that an item still holds. */
  void releaseSlots(PackItem item) {
    if (item.slot != PackItem.NO_SLOT) {
      slots.release(item.slot);
      item.slot = PackItem.NO_SLOT;
    }
    if (item.targetSlot != PackItem.NO_SLOT) {
      slots.release(item.targetSlot);
      item.targetSlot = PackItem.NO_SLOT;
    }
  }

  /** Gives back all that an item holds. */
  void discard(PackItem item) throws IOException {
    ItemReader.closeDirectories(item);
    releaseSlots(item);
  }

  /** After a failure, once no other thread is left: gives back what is still under way. */
  void discardAll() throws IOException {
    lock.lock();
    try {
      for (PackItem item : toRead) {
        if (item.bigFile != null) {
          item.bigFile.sliceDone();
        }
        discard(item);
      }
      for (PackItem item : read.values()) {
        discard(item);
      }
      for (PackItem item : digesting) {
        discard(item);
      }
      for (Unit unit : toWrite) {
        if (unit.item != null) {
          discard(unit.item);
        }
        if (unit.batch != null) {
          unit.batch.close();
        }
      }
      toRead.clear();
      read.clear();
      digesting.clear();
      toWrite.clear();
      toMake.clear();
    } finally {
      lock.unlock();
    }
  }
}
