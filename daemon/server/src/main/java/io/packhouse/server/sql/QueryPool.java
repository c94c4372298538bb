package io.packhouse.server.sql;

import io.grpc.Context;
import io.packhouse.server.job.BusyException;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlOptions;
import io.packhouse.sql.SqlProcess;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The processes that answer queries. Each answers one at a time, and has what that query's caller
 * may see; where the next caller sees something else, it opens that. No caller has all of them, and
 * of those who wait, who has fewest goes first. Who has sent what takes much CPU time, or has ended
 * its process, is answered in the background for a while. Thread-safe.
 */
final class QueryPool implements Closeable {
  private static final System.Logger LOG = System.getLogger(QueryPool.class.getName());

  /** Processes that nobody asks end after this. */
  private static final Duration IDLE = Duration.ofMinutes(5);

  /** How long a caller is answered in the background after what was much. */
  private static final Duration BACKGROUND = Duration.ofMinutes(1);

  private final Path folder;
  private final SqlOptions options;
  private final int waitingLimit;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Waiter> waiting = new ArrayList<>();
  private final Map<String, Integer> running = new HashMap<>();

  /** When callers that are answered in the background last asked for much. */
  private final Map<String, Long> heavy = new HashMap<>();

  private boolean closed;

  /** A process, or the place of one. Its fields belong to who has it, or to who has the lock. */
  private static final class Slot {
    @Nullable SqlProcess process;
    @Nullable View opened;
    boolean busy;
    long idleSince = System.nanoTime();

    /** How much of what is wanted it has not; less is better. */
    int lacks(View view, boolean background) {
      SqlProcess current = process;
      if (current == null || !current.isUsable()) {
        return 1;
      }
      return view.equals(opened) && background == current.isInBackground() ? 0 : 2;
    }
  }

  private record Waiter(String caller, long number) {}

  private long arrivals;

  QueryPool(Path folder, SqlSettings settings) {
    this.folder = folder;
    this.options = settings.options();
    this.waitingLimit = settings.waiting();
    for (int i = 0; i < settings.processes(); i++) {
      slots.add(new Slot());
    }
  }

  /** A process that has opened a view, for one query. */
  final class Lease implements Closeable {
    private final String caller;
    private final Slot slot;
    private final SqlProcess process;
    private final AtomicBoolean over = new AtomicBoolean();

    private Lease(String caller, Slot slot, SqlProcess process) {
      this.caller = caller;
      this.slot = slot;
      this.process = process;
    }

    SqlProcess process() {
      return process;
    }

    /** May be called by any thread, several times. */
    @Override
    public void close() {
      if (!over.getAndSet(true)) {
        release(caller, slot);
      }
    }
  }

  /**
   * Waits for a process.
   *
   * @param caller who asks
   * @param patience how long to wait
   * @param call that this is for: cancelled, it waits no longer
   * @throws BusyException if too many wait, or it takes too long
   * @throws SqlException if the process cannot be started, or cannot open the view; or the call is
   *     cancelled
   */
  Lease acquire(String caller, View view, Duration patience, Context call) throws IOException {
    Slot slot = await(caller, view, patience, call);
    boolean done = false;
    try {
      Lease lease = new Lease(caller, slot, prepare(slot, view, isHeavy(caller)));
      done = true;
      return lease;
    } finally {
      if (!done) {
        release(caller, slot);
      }
    }
  }

  private SqlProcess prepare(Slot slot, View view, boolean background) throws IOException {
    SqlProcess process = slot.process;
    if (process == null || !process.isUsable() || (process.isInBackground() && !background)) {
      end(slot);
      process = SqlProcess.startBelow(folder, background ? options.inBackground() : options);
      slot.process = process;
    } else if (background) {
      process.goToBackground();
    }
    if (!view.equals(slot.opened)) {
      slot.opened = null;
      process.open(view.segments(), view.unready());
      slot.opened = view;
    }
    return process;
  }

  private Slot await(String caller, View view, Duration patience, Context call) throws IOException {
    Context.CancellationListener listener = _ -> wake();
    call.addListener(listener, task -> Thread.ofVirtual().name("packhoused-cancel").start(task));
    try {
      return awaitTurn(caller, view, patience, call);
    } finally {
      call.removeListener(listener);
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  /** What a call that is cancelled, or late, is answered. */
  static SqlException ended(Context call) {
    return call.cancellationCause() instanceof TimeoutException
        ? new SqlException(Reason.TIME, "the deadline of the call has passed: give it more time")
        : new SqlException(Reason.CANCELLED, "the query was cancelled");
  }

  private synchronized Slot awaitTurn(String caller, View view, Duration patience, Context call)
      throws IOException {
    if (waiting.size() >= waitingLimit) {
      throw busy(waiting.size() + " queries wait already");
    }
    Waiter self = new Waiter(caller, arrivals++);
    waiting.add(self);
    try {
      long end = System.nanoTime() + patience.toNanos();
      while (true) {
        if (closed) {
          throw new SqlException(Reason.CLOSED, "the daemon ends");
        }
        if (call.isCancelled()) {
          throw ended(call);
        }
        Slot free = free(view, isHeavy(caller));
        if (free != null && self.equals(first())) {
          free.busy = true;
          running.merge(caller, 1, Integer::sum);
          return free;
        }
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw busy("no process was free for " + patience.toSeconds() + " s");
        }
        wait(Math.max(1, left / 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SqlException(Reason.CLOSED, "interrupted while other queries run", e);
    } finally {
      waiting.remove(self);
      notifyAll();
    }
  }

  private static BusyException busy(String why) {
    return new BusyException("sql", "SQL is busy: " + why, Duration.ofSeconds(1));
  }

  /** Who goes next: of callers that have not all they may have, the one that has fewest. */
  private @Nullable Waiter first() {
    int most = Math.max(1, slots.size() - 1);
    return waiting.stream()
        .filter(waiter -> running.getOrDefault(waiter.caller(), 0) < most)
        .min(
            Comparator.<Waiter>comparingInt(waiter -> running.getOrDefault(waiter.caller(), 0))
                .thenComparingLong(Waiter::number))
        .orElse(null);
  }

  private synchronized boolean isHeavy(String caller) {
    heavy.values().removeIf(since -> System.nanoTime() - since > BACKGROUND.toNanos());
    return heavy.containsKey(caller);
  }

  /**
   * One that has what is wanted, the last that was used: it has plans ready. Or else one that is
   * not started, or else was used longest ago.
   */
  private @Nullable Slot free(View view, boolean background) {
    return slots.stream()
        .filter(slot -> !slot.busy)
        .min(
            Comparator.<Slot>comparingInt(slot -> slot.lacks(view, background))
                .thenComparingLong(
                    slot -> slot.lacks(view, background) == 0 ? -slot.idleSince : slot.idleSince))
        .orElse(null);
  }

  private synchronized void release(String caller, Slot slot) {
    SqlProcess process = slot.process;
    if (process != null && (!process.isUsable() || process.wasStrained())) {
      heavy.put(caller, System.nanoTime());
    }
    slot.busy = false;
    slot.idleSince = System.nanoTime();
    running.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
    if (closed) {
      end(slot);
    }
    notifyAll();
  }

  private static void end(Slot slot) {
    close(slot);
    slot.process = null;
    slot.opened = null;
  }

  private static void close(Slot slot) {
    SqlProcess process = slot.process;
    if (process != null) {
      try {
        process.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot clean up after a process of SQL", e);
      }
    }
  }

  /** Ends processes that nobody has asked for long. */
  synchronized void endIdle() {
    for (Slot slot : slots) {
      if (!slot.busy && System.nanoTime() - slot.idleSince > IDLE.toNanos()) {
        end(slot);
      }
    }
  }

  /** Processes that are there. */
  synchronized int processes() {
    return (int) slots.stream().filter(slot -> slot.process != null).count();
  }

  /** Queries under way. */
  synchronized int running() {
    return (int) slots.stream().filter(slot -> slot.busy).count();
  }

  /** Queries that wait for a process. */
  synchronized int waiting() {
    return waiting.size();
  }

  /** Ends all processes, and queries with them. */
  @Override
  public synchronized void close() {
    closed = true;
    // Who has one under way sees it end.
    slots.forEach(QueryPool::close);
    notifyAll();
  }
}
