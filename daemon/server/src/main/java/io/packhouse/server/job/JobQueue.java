package io.packhouse.server.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.v1.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Decides which jobs run: as many as there is memory for, by priority, then whoever has fewest
 * running, then who came first.
 *
 * <p>Some memory is kept for jobs that need little, so a small job need not wait for large ones to
 * end; the processors they share by the system's scheduler. Jobs that run and wait for more memory
 * come before those that have not begun.
 *
 * <p>Thread-safe. Jobs are started by {@code starter}, outside of the lock.
 */
final class JobQueue {
  /** When it is worth to ask again after a full queue. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /**
   * A job that waits or runs.
   *
   * @param growthBytes most that it may ask for while it runs, beside {@code memoryBytes}
   */
  record Ticket(
      String owner,
      Priority priority,
      long memoryBytes,
      long growthBytes,
      long sequence,
      Runnable start) {}

  /** More memory, which a running job waits for. */
  private record Growth(Ticket ticket, long bytes, Runnable granted) {}

  private final JobSettings settings;

  @GuardedBy("this")
  private final JobMemory memory;

  @GuardedBy("this")
  private final List<Ticket> waiting = new ArrayList<>();

  /** In the order of asking. */
  @GuardedBy("this")
  private final List<Growth> growing = new ArrayList<>();

  @GuardedBy("this")
  private final Map<String, Integer> runningByOwner = new HashMap<>();

  @GuardedBy("this")
  private int running;

  @GuardedBy("this")
  private long refused;

  JobQueue(JobSettings settings) {
    this.settings = settings;
    this.memory = new JobMemory(settings);
  }

  /**
   * Takes a job, which starts at once if there is memory for it, or waits.
   *
   * @throws BusyException if too many wait already, or it needs too much memory
   */
  void add(Ticket ticket) throws BusyException {
    List<Runnable> ready;
    synchronized (this) {
      long most = memory.limit(ticket);
      long needed = ticket.memoryBytes + ticket.growthBytes;
      if (needed > most) {
        refused++;
        throw new BusyException(
            "memory",
            "the job may come to need "
                + needed
                + " bytes of memory, and the daemon may give it no more than "
                + most
                + "; choose a lower level or smaller blobs, have it share parts of files in less"
                + " memory, or raise the daemon's limit",
            Duration.ZERO);
      }
      waiting.add(ticket);
      ready = takeReady();
      if (waiting.contains(ticket)) {
        refuseBeyondLimits(ticket);
      }
    }
    ready.forEach(Runnable::run);
  }

  @GuardedBy("this")
  private void refuseBeyondLimits(Ticket ticket) throws BusyException {
    long own = waiting.stream().filter(each -> each.owner.equals(ticket.owner)).count();
    String subject = null;
    String why = null;
    if (waiting.size() > settings.queueLength()) {
      subject = "queue";
      why = "the queue is full: " + settings.queueLength() + " jobs wait";
    } else if (own > settings.queueLengthPerCaller()) {
      subject = "caller:" + ticket.owner;
      why = settings.queueLengthPerCaller() + " jobs of " + ticket.owner + " wait already";
    }
    if (subject != null) {
      waiting.remove(ticket);
      refused++;
      throw new BusyException(
          subject, why + "; try again in " + RETRY_AFTER.toSeconds() + " s", RETRY_AFTER);
    }
  }

  /**
   * Gives a job that runs more memory, now or when others leave it.
   *
   * @param granted run, outside of the lock, when it has it
   * @throws IllegalStateException if it is more than the job said that it may ask for
   */
  void grow(Ticket ticket, long bytes, Runnable granted) {
    synchronized (this) {
      if (!memory.ask(ticket, bytes)) {
        throw new IllegalStateException(
            "asks for " + bytes + " bytes, beyond the " + ticket.growthBytes + " it spoke of");
      }
      if (!memory.grow(ticket, bytes)) {
        growing.add(new Growth(ticket, bytes, granted));
        return;
      }
    }
    granted.run();
  }

  /** Gives back what a job that ran has had. */
  void ended(Ticket ticket) {
    List<Runnable> ready;
    synchronized (this) {
      memory.end(ticket);
      growing.removeIf(each -> each.ticket.equals(ticket));
      running--;
      runningByOwner.merge(ticket.owner, -1, (had, less) -> had + less == 0 ? null : had + less);
      ready = takeReady();
    }
    ready.forEach(Runnable::run);
  }

  /**
   * Takes back a job that waits.
   *
   * @return false if it does not: it runs, or has run
   */
  synchronized boolean remove(Ticket ticket) {
    return waiting.remove(ticket);
  }

  /** How many jobs would start before this one; 0 for one that does not wait. */
  synchronized int position(Ticket ticket) {
    waiting.sort(order());
    return Math.max(0, waiting.indexOf(ticket));
  }

  synchronized int waitingCount() {
    return waiting.size();
  }

  synchronized int runningCount() {
    return running;
  }

  synchronized long refusedCount() {
    return refused;
  }

  /** Memory that running jobs have, in bytes. */
  synchronized long memoryTaken() {
    return memory.taken();
  }

  @GuardedBy("this")
  private Comparator<Ticket> order() {
    Map<String, Integer> runningNow = runningByOwner;
    return Comparator.comparing(Ticket::priority, JobQueue::compare)
        .thenComparing(each -> runningNow.getOrDefault(each.owner, 0))
        .thenComparingLong(Ticket::sequence);
  }

  private static int compare(Priority a, Priority b) {
    return Integer.compare(rank(b), rank(a));
  }

  private static int rank(Priority priority) {
    return switch (priority) {
      case PRIORITY_LOW -> 0;
      case PRIORITY_HIGH -> 2;
      case PRIORITY_UNSPECIFIED, PRIORITY_NORMAL, UNRECOGNIZED -> 1;
    };
  }

  /**
   * What is to be run now: jobs that may have more memory, and jobs that may start, which count as
   * running from here on.
   */
  @GuardedBy("this")
  private List<Runnable> takeReady() {
    List<Runnable> ready = new ArrayList<>();
    for (Iterator<Growth> each = growing.iterator(); each.hasNext(); ) {
      Growth growth = each.next();
      if (memory.grow(growth.ticket, growth.bytes)) {
        each.remove();
        ready.add(growth.granted);
      }
    }
    boolean largeMustWait = !growing.isEmpty();
    boolean found = true;
    while (found) {
      found = false;
      // Anew after each start, which changes whose turn it is.
      waiting.sort(order());
      for (Ticket ticket : waiting) {
        boolean large = memory.isLarge(ticket);
        if (!(large && largeMustWait) && memory.begin(ticket)) {
          waiting.remove(ticket);
          running++;
          runningByOwner.merge(ticket.owner, 1, Integer::sum);
          ready.add(ticket.start);
          found = true;
          break;
        }
        // What comes later must not take the memory that the first large one waits for.
        largeMustWait |= large;
      }
    }
    return ready;
  }
}
