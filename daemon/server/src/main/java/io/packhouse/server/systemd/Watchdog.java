package io.packhouse.server.systemd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives systemd the signs of life that it asks for ({@code WATCHDOG_USEC}), each only after every
 * {@link Trial} that began since the last one has passed: a daemon whose timer still runs while its
 * work stands still gives none, and is restarted. Its trials are what the daemon is there for, not
 * what is easy to do. Thread-safe.
 */
public final class Watchdog implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());

  /** In the time that systemd waits there are so many looks, and about as many signs. */
  private static final int LOOKS = 4;

  /**
   * Something that only a daemon that works gets done.
   *
   * @param name for people
   * @param begin begins it, soon
   */
  public record Trial(String name, Supplier<Attempt> begin) {}

  /** A trial that has begun. */
  @FunctionalInterface
  public interface Attempt {
    /**
     * Whether it has passed by now.
     *
     * @throws ExecutionException if it has failed: then another begins
     */
    boolean hasPassed() throws ExecutionException, InterruptedException;

    /** One that passes when something is done. */
    static Attempt of(CompletableFuture<?> result) {
      return () -> {
        if (result.isDone()) {
          result.get();
        }
        return result.isDone();
      };
    }
  }

  /** A trial under way, or passed. */
  private static final class Running {
    private final Trial trial;
    private Attempt attempt;

    Running(Trial trial) {
      this.trial = trial;
      attempt = trial.begin().get();
    }

    boolean hasPassed() throws InterruptedException {
      try {
        return attempt.hasPassed();
      } catch (ExecutionException e) {
        LOG.log(System.Logger.Level.WARNING, "watchdog: " + trial.name() + " failed", e.getCause());
        attempt = trial.begin().get();
        return false;
      }
    }
  }

  private final ServiceState state;
  private final List<Trial> trials;
  private final ScheduledExecutorService timer;
  private final Future<?> looking;

  // The timer's, once that runs.
  private List<Running> running;
  private int missed;

  private Watchdog(ServiceState state, List<Trial> trials, Duration timeout) {
    this.state = state;
    this.trials = trials;
    running = begin();
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("packhoused-watchdog-", 0).daemon().factory());
    long period = timeout.toNanos() / LOOKS;
    looking = timer.scheduleWithFixedDelay(this::look, period, period, TimeUnit.NANOSECONDS);
  }

  /**
   * Starts it.
   *
   * @return null where systemd does not ask for signs of life, or not this process
   */
  public static @Nullable Watchdog start(
      Map<String, String> environment, ServiceState state, List<Trial> trials) {
    Duration timeout = timeout(environment, ProcessHandle.current().pid());
    return timeout == null ? null : new Watchdog(state, trials, timeout);
  }

  /** Within which time systemd wants a sign; null for none. */
  static @Nullable Duration timeout(Map<String, String> environment, long pid) {
    String micros = environment.get("WATCHDOG_USEC");
    String process = environment.get("WATCHDOG_PID");
    if (micros == null || (process != null && !process.equals(Long.toString(pid)))) {
      return null;
    }
    try {
      long value = Long.parseLong(micros);
      return value <= 0 || value == Long.MAX_VALUE
          ? null
          : Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(value));
    } catch (NumberFormatException e) {
      LOG.log(System.Logger.Level.WARNING, "WATCHDOG_USEC is no number: {0}", micros);
      return null;
    }
  }

  private List<Running> begin() {
    return trials.stream().map(Running::new).toList();
  }

  private void look() {
    try {
      if (state.isEnding()) {
        // It takes no more calls; how long that may last is limited by itself, and by systemd.
        state.alive();
        return;
      }
      List<String> waitsFor = new ArrayList<>();
      for (Running each : running) {
        if (!each.hasPassed()) {
          waitsFor.add(each.trial.name());
        }
      }
      if (waitsFor.isEmpty()) {
        // First, since one that cannot begin is no sign of life.
        List<Running> next = begin();
        state.alive();
        missed = 0;
        running = next;
      } else if (++missed >= LOOKS / 2) {
        LOG.log(
            System.Logger.Level.WARNING,
            "watchdog: no sign of life while waiting for {0}",
            waitsFor);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "watchdog: no sign of life", e);
    }
  }

  @Override
  public void close() {
    looking.cancel(true);
    timer.shutdownNow();
  }
}
