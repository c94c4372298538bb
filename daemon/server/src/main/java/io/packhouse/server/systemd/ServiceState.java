package io.packhouse.server.systemd;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd how the daemon is: what it does, that it is ready, reads its configuration, ends,
 * and that it lives. Where systemd has not asked ({@code NOTIFY_SOCKET} is not set) nothing is done
 * at all. What cannot be told is logged, and is no reason to end. Thread-safe.
 */
public final class ServiceState implements AutoCloseable {
  /** For a daemon that systemd has not started. */
  public static final ServiceState NONE = new ServiceState(null);

  private static final System.Logger LOG = System.getLogger(ServiceState.class.getName());

  /** Status lines are no more frequent than this. */
  private static final Duration STATUS_PERIOD = Duration.ofSeconds(5);

  /** Whoever asks for more time has so long to ask again. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private enum Phase {
    STARTING,
    SERVING,
    RELOADING,
    ENDING
  }

  private final @Nullable NotifySocket socket;
  private final @Nullable ScheduledExecutorService timer;

  // Guarded by this.
  private Phase phase = Phase.STARTING;
  private String status = "";

  private ServiceState(@Nullable NotifySocket socket) {
    this.socket = socket;
    timer =
        socket == null
            ? null
            : Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("packhoused-systemd-", 0).daemon().factory());
  }

  /**
   * That of this process.
   *
   * @param environment as systemd made it
   * @throws IOException if it names a socket that cannot be used
   */
  public static ServiceState of(Map<String, String> environment) throws IOException {
    NotifySocket socket = NotifySocket.of(environment);
    return socket == null ? NONE : new ServiceState(socket);
  }

  /**
   * Starting goes on, and is given more time.
   *
   * @param what it does, for people
   */
  public synchronized void starting(String what) {
    if (phase == Phase.STARTING) {
      send(statusLine(what) + moreTime());
    }
  }

  /** It can serve. */
  public synchronized void ready(String what) {
    if (phase == Phase.STARTING) {
      phase = Phase.SERVING;
      send("READY=1\n" + statusLine(what));
    }
  }

  /** It reads its configuration. {@link #reloaded} follows, whatever comes of it. */
  public synchronized void reloading() {
    if (phase == Phase.SERVING && socket != null) {
      phase = Phase.RELOADING;
      try {
        String now = "MONOTONIC_USEC=" + SystemCalls.monotonicMicros() + "\n";
        send("RELOADING=1\n" + now + statusLine("reloading"));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "systemd is not told of a reload", e);
      }
    }
  }

  /**
   * It has read its configuration, or keeps that of before.
   *
   * @param what came of it
   */
  public synchronized void reloaded(String what) {
    if (phase == Phase.RELOADING) {
      phase = Phase.SERVING;
      send("READY=1\n" + statusLine(what));
    }
  }

  /**
   * It ends as soon as its work has: to be told time and again, since each gives it more time.
   *
   * @param left calls and jobs under way
   */
  public synchronized void draining(long left) {
    String stopping = phase == Phase.ENDING ? "" : "STOPPING=1\n";
    phase = Phase.ENDING;
    send(stopping + statusLine("draining: " + left + " calls and jobs left") + moreTime());
  }

  /** From now on tells what it does, now and then, where that has changed. */
  public void follow(Supplier<String> what) {
    if (timer != null) {
      Future<?> _ =
          timer.scheduleWithFixedDelay(
              () -> tell(what),
              STATUS_PERIOD.toMillis(),
              STATUS_PERIOD.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private void tell(Supplier<String> what) {
    try {
      String now = what.get();
      synchronized (this) {
        if (phase == Phase.SERVING && !now.equals(status)) {
          send(statusLine(now));
        }
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "systemd is not told what the daemon does", e);
    }
  }

  /** Whether it has said that it ends. */
  synchronized boolean isEnding() {
    return phase == Phase.ENDING;
  }

  /** It lives. */
  synchronized void alive() {
    send("WATCHDOG=1\n");
  }

  private String statusLine(String what) {
    status = what;
    return "STATUS=" + what.replaceAll("\\p{Cntrl}", " ") + "\n";
  }

  private static String moreTime() {
    return "EXTEND_TIMEOUT_USEC=" + PATIENCE.toNanos() / 1_000 + "\n";
  }

  private void send(String lines) {
    if (socket == null) {
      return;
    }
    try {
      socket.send(lines);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "systemd cannot be told: {0}", e.getMessage());
    }
  }

  /** Tells no more. */
  @Override
  public void close() throws IOException {
    if (timer != null) {
      timer.shutdownNow();
    }
    if (socket != null) {
      socket.close();
    }
  }
}
