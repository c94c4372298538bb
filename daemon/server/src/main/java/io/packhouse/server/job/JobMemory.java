package io.packhouse.server.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What running jobs have of the memory for jobs. A job says what it begins with and the most that
 * it will ask for after that, and nothing is given away that would leave no order in which all of
 * them can have their most and end: so a job that has to wait for more does not wait for ever.
 *
 * <p>Some is kept for jobs that need no more than that.
 *
 * <p>Source: the banker's algorithm, for one resource; E. W. Dijkstra, "Een algorithme ter
 * voorkoming van de dodelijke omarming", EWD 108, 1965.
 *
 * <p>Not thread-safe: the queue's.
 */
final class JobMemory {
  private static final class Share {
    final long most;
    final boolean large;
    long asked;
    long taken;

    Share(long taken, long most, boolean large) {
      this.asked = taken;
      this.taken = taken;
      this.most = most;
      this.large = large;
    }

    long left() {
      return most - taken;
    }
  }

  private final JobSettings settings;
  private final Map<JobQueue.Ticket, Share> shares = new HashMap<>();

  JobMemory(JobSettings settings) {
    this.settings = settings;
  }

  boolean isLarge(JobQueue.Ticket ticket) {
    return ticket.memoryBytes() + ticket.growthBytes() > settings.smallBytes();
  }

  /** The most that this job may ever have. */
  long limit(JobQueue.Ticket ticket) {
    return isLarge(ticket) ? settings.mostBytes() : settings.memoryBytes();
  }

  /** Gives a job what it begins with, if it may have it now. */
  boolean begin(JobQueue.Ticket ticket) {
    long most = ticket.memoryBytes() + ticket.growthBytes();
    shares.put(ticket, new Share(ticket.memoryBytes(), most, isLarge(ticket)));
    if (isSafe()) {
      return true;
    }
    shares.remove(ticket);
    return false;
  }

  /** Notes that a running job asks for more; false where that is more than it spoke of. */
  boolean ask(JobQueue.Ticket ticket, long more) {
    Share share = shares.get(ticket);
    if (share == null || more > share.most - share.asked) {
      return false;
    }
    share.asked += more;
    return true;
  }

  /** Gives a running job more of what it asked for, if it may have it now. */
  boolean grow(JobQueue.Ticket ticket, long more) {
    Share share = shares.get(ticket);
    if (share == null) {
      return false;
    }
    share.taken += more;
    if (isSafe()) {
      return true;
    }
    share.taken -= more;
    return false;
  }

  /** Takes back all that a job has had. */
  void end(JobQueue.Ticket ticket) {
    shares.remove(ticket);
  }

  /** What all have, in bytes. */
  long taken() {
    return shares.values().stream().mapToLong(share -> share.taken).sum();
  }

  private boolean isSafe() {
    List<Share> all = new ArrayList<>(shares.values());
    all.sort(Comparator.comparingLong(Share::left));
    return isSafe(all, settings.memoryBytes())
        && isSafe(all.stream().filter(share -> share.large).toList(), settings.mostBytes());
  }

  /** Whether all can end: whoever needs least goes first, and leaves what it has had. */
  private static boolean isSafe(List<Share> all, long limit) {
    long free = limit - all.stream().mapToLong(share -> share.taken).sum();
    for (Share share : all) {
      if (share.left() > free) {
        return false;
      }
      free += share.taken;
    }
    return free >= 0;
  }
}
