package io.packhouse.server;

import io.grpc.protobuf.services.HealthStatusManager;
import io.packhouse.server.grpc.Administration;
import io.packhouse.server.net.CallTracker;
import io.packhouse.server.net.Listeners;
import io.packhouse.server.systemd.ServiceState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a daemon ends: it takes no more work, lets what is under way end within a time, cancels the
 * rest and says what it did. On a thread of its own. Thread-safe.
 */
final class Drain {
  private static final System.Logger LOG = System.getLogger(Drain.class.getName());
  private static final long POLL_MILLIS = 10;

  /** Between words on how many are left. */
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Clients get so long to hear that they are to connect anew, */
  private static final long HAND_OVER_MILLIS = 3_000;

  /** but those that have not called for so long may be waiting for the end of a call. */
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** What was cancelled gets so long to clean up. */
  private static final long CANCEL_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Who watches the last operation end gets so long to be told. */
  private static final long LINGER_MILLIS = 250;

  private final CallTracker tracker;
  private final List<Part> parts;
  private final HealthStatusManager health;
  private final Listeners listeners;
  private final ServiceState state;
  private final CountDownLatch done = new CountDownLatch(1);

  // Guarded by this.
  private boolean begun;
  private Instant deadline = Instant.MAX;
  private volatile long deadlineNanos;

  Drain(
      CallTracker tracker,
      List<Part> parts,
      HealthStatusManager health,
      Listeners listeners,
      ServiceState state) {
    this.tracker = tracker;
    this.parts = parts;
    this.health = health;
    this.listeners = listeners;
    this.state = state;
  }

  /**
   * Begins it, or goes on with less time than before.
   *
   * @param atEnd to be run when no call is under way any more
   */
  synchronized Administration.DrainState begin(Duration timeout, Runnable atEnd) {
    long waitingFor = underWay();
    Instant wanted = Instant.now().plus(timeout);
    if (wanted.isBefore(deadline)) {
      deadline = wanted;
      deadlineNanos = System.nanoTime() + timeout.toNanos();
    }
    if (!begun) {
      begun = true;
      state.draining(waitingFor);
      if (listeners.inherited() == Listeners.Share.NONE) {
        stopAdmission();
      }
      Thread.ofPlatform().name("packhoused-drain").start(() -> run(atEnd));
    }
    return new Administration.DrainState(waitingFor, deadline);
  }

  /**
   * Has clients of inherited sockets connect anew, to the next daemon, and answers what they ask
   * until they do: none of their calls fails by a restart. On connections that they have, nothing
   * new can come once they have heard of it, so that nothing need be refused either; jobs are, from
   * then on.
   */
  private void handOver() throws InterruptedException {
    long start = System.nanoTime();
    listeners.handOver();
    long begun = tracker.begun();
    long last = start;
    while (!listeners.isHandedOver()
        && System.nanoTime() - last < QUIET_NANOS
        && System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(HAND_OVER_MILLIS)) {
      if (tracker.begun() != begun) {
        begun = tracker.begun();
        last = System.nanoTime();
      }
      Thread.sleep(POLL_MILLIS);
    }
    stopAdmission();
  }

  private void stopAdmission() {
    tracker.drain(listeners.inherited() != Listeners.Share.ALL);
    parts.forEach(Part::stopAdmission);
    health.enterTerminalState();
  }

  private long underWay() {
    return tracker.awaited() + parts.stream().mapToLong(Part::underWay).sum();
  }

  private void run(Runnable atEnd) {
    long start = System.nanoTime();
    try {
      if (listeners.inherited() != Listeners.Share.NONE) {
        handOver();
      }
      long atFirst = underWay();
      LOG.log(
          System.Logger.Level.INFO, "taking no more work; {0} calls and jobs under way", atFirst);
      long told = start;
      while (underWay() > 0 && System.nanoTime() - deadlineNanos < 0) {
        if (System.nanoTime() - told > TELL_NANOS) {
          state.draining(underWay());
          told = System.nanoTime();
        }
        Thread.sleep(POLL_MILLIS);
      }
      state.draining(underWay());
      long cancelled = underWay();
      if (cancelled > 0) {
        parts.forEach(Part::cancel);
        long patience = System.nanoTime() + CANCEL_NANOS;
        while (parts.stream().mapToLong(Part::underWay).sum() > 0
            && System.nanoTime() - patience < 0) {
          Thread.sleep(POLL_MILLIS);
        }
      }
      listeners.shutdown();
      if (cancelled > 0) {
        tracker.cancelAll();
      }
      boolean refused = listeners.inherited() == Listeners.Share.NONE;
      listeners.awaitTermination(refused ? LINGER_MILLIS : HAND_OVER_MILLIS);
      listeners.shutdownNow();
      LOG.log(
          System.Logger.Level.INFO,
          "ended {0} calls and jobs in {1} ms, cancelled {2}",
          Math.max(0, atFirst - cancelled),
          (System.nanoTime() - start) / 1_000_000,
          cancelled);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      atEnd.run();
      done.countDown();
    }
  }

  /** Waits until it is over, if ever it begins. */
  void await() throws InterruptedException {
    done.await();
  }
}
