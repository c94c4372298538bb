package io.packhouse.server.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears, at a socket of its kind. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServiceStateTest {
  private static final Map<String, String> WATCHED = Map.of("WATCHDOG_USEC", "80000");

  @TempDir Path folder;
  private int receiver;
  private ServiceState state;

  @BeforeEach
  void listen() throws Exception {
    String name = folder.resolve("notify").toString();
    receiver = TestSockets.receiver(name);
    state = ServiceState.of(Map.of("NOTIFY_SOCKET", name));
  }

  @AfterEach
  void close() throws Exception {
    state.close();
    SystemCalls.close(receiver);
  }

  private String heard() throws Exception {
    return TestSockets.receive(receiver);
  }

  @Test
  void lifeOfAServiceIsTold() throws Exception {
    state.starting("looking at the catalog");
    assertThat(heard()).isEqualTo("STATUS=looking at the catalog\nEXTEND_TIMEOUT_USEC=20000000\n");
    state.ready("serving");
    assertThat(heard()).isEqualTo("READY=1\nSTATUS=serving\n");
    state.starting("too late");
    long before = SystemCalls.monotonicMicros();
    state.reloading();
    String reloading = heard();
    assertThat(reloading).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+\nSTATUS=reloading\n");
    long told = Long.parseLong(reloading.replaceAll("(?s).*MONOTONIC_USEC=([0-9]+).*", "$1"));
    assertThat(told).isBetween(before, SystemCalls.monotonicMicros());
    state.reloaded("read again");
    assertThat(heard()).isEqualTo("READY=1\nSTATUS=read again\n");
    state.draining(3);
    assertThat(heard())
        .isEqualTo(
            "STOPPING=1\nSTATUS=draining: 3 calls and jobs left\nEXTEND_TIMEOUT_USEC=20000000\n");
    state.draining(1);
    assertThat(heard())
        .isEqualTo("STATUS=draining: 1 calls and jobs left\nEXTEND_TIMEOUT_USEC=20000000\n");
    state.reloading();
    state.ready("never");
    state.alive();
    assertThat(heard()).isEqualTo("WATCHDOG=1\n");
  }

  @Test
  void abstractNameIsASocketToo() throws Exception {
    String name = "@packhouse-test-" + ProcessHandle.current().pid();
    int other = TestSockets.receiver(name);
    try (ServiceState named = ServiceState.of(Map.of("NOTIFY_SOCKET", name))) {
      named.ready("here");
      assertThat(TestSockets.receive(other)).isEqualTo("READY=1\nSTATUS=here\n");
    } finally {
      SystemCalls.close(other);
    }
  }

  @Test
  void statusIsOneLine() throws Exception {
    state.ready("a\nWATCHDOG=1\0b");
    assertThat(heard()).isEqualTo("READY=1\nSTATUS=a WATCHDOG=1 b\n");
  }

  @Test
  void nobodyIsToldWhereNobodyAsks() throws Exception {
    assertThat(ServiceState.of(Map.of())).isSameAs(ServiceState.NONE);
    assertThat(ServiceState.of(Map.of("NOTIFY_SOCKET", ""))).isSameAs(ServiceState.NONE);
    ServiceState.NONE.starting("x");
    ServiceState.NONE.ready("x");
    ServiceState.NONE.reloading();
    ServiceState.NONE.follow(() -> "x");
    assertThat(
            Watchdog.start(
                Map.of("WATCHDOG_USEC", "1", "WATCHDOG_PID", "1"), ServiceState.NONE, List.of()))
        .isNull();
  }

  @Test
  void whatIsNoUnixSocketIsRefused() {
    for (String name : List.of("vsock:2:3", "relative", "/", "@", "/" + "x".repeat(107))) {
      assertThatThrownBy(() -> ServiceState.of(Map.of("NOTIFY_SOCKET", name)))
          .hasMessageContaining("NOTIFY_SOCKET");
    }
  }

  @Test
  void systemdThatHasGoneIsNoReasonToEnd() throws Exception {
    try (ServiceState lost =
        ServiceState.of(Map.of("NOTIFY_SOCKET", folder.resolve("gone").toString()))) {
      lost.ready("x");
    }
  }

  @Test
  void signOfLifeNeedsEveryTrialSinceTheLastOne() throws Exception {
    CompletableFuture<Void> first = new CompletableFuture<>();
    CompletableFuture<Void> second = new CompletableFuture<>();
    AtomicInteger begun = new AtomicInteger();
    CountDownLatch looks = new CountDownLatch(5);
    Watchdog.Trial slow =
        new Watchdog.Trial(
            "slow",
            () -> {
              Watchdog.Attempt attempt =
                  Watchdog.Attempt.of(begun.incrementAndGet() == 1 ? first : second);
              return () -> {
                looks.countDown();
                return attempt.hasPassed();
              };
            });
    Watchdog.Trial quick =
        new Watchdog.Trial(
            "quick", () -> Watchdog.Attempt.of(CompletableFuture.completedFuture(null)));
    try (Watchdog _ = Watchdog.start(WATCHED, state, List.of(slow, quick))) {
      looks.await();
      // Nothing has come so far: what is sent now is first.
      state.ready("marker");
      assertThat(heard()).startsWith("READY=1");
      first.complete(null);
      assertThat(heard()).isEqualTo("WATCHDOG=1\n");
      second.complete(null);
      assertThat(heard()).isEqualTo("WATCHDOG=1\n");
      assertThat(begun.get()).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void failedTrialBeginsAnew() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    Watchdog.Trial failing =
        new Watchdog.Trial(
            "failing",
            () -> {
              boolean fails = begun.incrementAndGet() < 3;
              return () -> {
                if (fails) {
                  throw new ExecutionException(new IllegalStateException("not yet"));
                }
                return true;
              };
            });
    try (Watchdog _ = Watchdog.start(WATCHED, state, List.of(failing))) {
      assertThat(heard()).isEqualTo("WATCHDOG=1\n");
      assertThat(begun.get()).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void watchdogIsOfThisProcessAndANumber() {
    assertThat(Watchdog.timeout(Map.of(), 7)).isNull();
    assertThat(Watchdog.timeout(Map.of("WATCHDOG_USEC", "2000000"), 7))
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(Watchdog.timeout(Map.of("WATCHDOG_USEC", "1", "WATCHDOG_PID", "8"), 7)).isNull();
    assertThat(Watchdog.timeout(Map.of("WATCHDOG_USEC", "1", "WATCHDOG_PID", "7"), 7))
        .isEqualTo(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(1)));
    for (String none : List.of("0", "-1", "x", "", "18446744073709551615")) {
      assertThat(Watchdog.timeout(Map.of("WATCHDOG_USEC", none), 7)).as(none).isNull();
    }
  }
}
