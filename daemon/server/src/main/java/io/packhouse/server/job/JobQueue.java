package io.packhouse.server.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.v1.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which jobs run: as many as there is memory for, by priority, then whoever has fewest
 * running, then who came first.
 *
 * <p>An eighth of the memory is kept for jobs that need no more than that, so a small job need not
 * wait for large ones to end; the processors they share by the system's scheduler.
 *
 * <p>Thread-safe. Jobs are started by {@code starter}, outside of the lock.
 */
final class JobQueue {
  /** When it is worth to ask again after a full queue. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /** The part of memory that only small jobs may have. */
  private static final int SMALL_SHARE = 8;

  /** A job that waits or runs. */
  record Ticket(String owner, Priority priority, long memoryBytes, long sequence, Runnable start) {}

  private final JobSettings settings;
  private final long smallBytes;

  @GuardedBy("this")
  private final List<Ticket> waiting = new ArrayList<>();

  @GuardedBy("this")
  private final Map<String, Integer> runningByOwner = new HashMap<>();

  @GuardedBy("this")
  private long memoryTaken;

  @GuardedBy("this")
  private long largeTaken;

  @GuardedBy("this")
  private int running;

  @GuardedBy("this")
  private long refused;

  JobQueue(JobSettings settings) {
    this.settings = settings;
    this.smallBytes = settings.memoryBytes() / SMALL_SHARE;
  }

  /**
   * Takes a job, which starts at once if there is memory for it, or waits.
   *
   * @throws BusyException if too many wait already, or it needs too much memory
   */
  void add(Ticket ticket) throws BusyException {
    List<Ticket> started;
    synchronized (this) {
      long most = settings.memoryBytes() - (ticket.memoryBytes > smallBytes ? smallBytes : 0);
      if (ticket.memoryBytes > most) {
        refused++;
        throw new BusyException(
            "memory",
            "the job needs "
                + ticket.memoryBytes
                + " bytes of memory, and the daemon may give it no more than "
                + most
                + "; choose a lower level or smaller blobs, or raise the daemon's limit",
            Duration.ZERO);
      }
      waiting.add(ticket);
      started = takeReady();
      if (!started.contains(ticket)) {
        refuseBeyondLimits(ticket);
      }
    }
    started.forEach(each -> each.start.run());
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

  /** Gives back what a job that ran has had. */
  void ended(Ticket ticket) {
    List<Ticket> started;
    synchronized (this) {
      memoryTaken -= ticket.memoryBytes;
      largeTaken -= isLarge(ticket) ? ticket.memoryBytes : 0;
      running--;
      runningByOwner.merge(ticket.owner, -1, (had, less) -> had + less == 0 ? null : had + less);
      started = takeReady();
    }
    started.forEach(each -> each.start.run());
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
    return memoryTaken;
  }

  private boolean isLarge(Ticket ticket) {
    return ticket.memoryBytes > smallBytes;
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

  /** Jobs that may start now, which count as running from here on. */
  @GuardedBy("this")
  private List<Ticket> takeReady() {
    List<Ticket> ready = new ArrayList<>();
    boolean largeMustWait = false;
    boolean found = true;
    while (found) {
      found = false;
      // Anew after each start, which changes whose turn it is.
      waiting.sort(order());
      for (Ticket ticket : waiting) {
        boolean large = isLarge(ticket);
        boolean fits =
            memoryTaken + ticket.memoryBytes <= settings.memoryBytes()
                && (!large
                    || largeTaken + ticket.memoryBytes <= settings.memoryBytes() - smallBytes);
        if (fits && !(large && largeMustWait)) {
          waiting.remove(ticket);
          memoryTaken += ticket.memoryBytes;
          largeTaken += large ? ticket.memoryBytes : 0;
          running++;
          runningByOwner.merge(ticket.owner, 1, Integer::sum);
          ready.add(ticket);
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
