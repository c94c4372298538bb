package io.packhouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.CallLimits;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.DrainRequest;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.StatEntriesResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to calls when there are too many, and when the daemon ends. */
class DrainTest {
  private static final StatEntriesRequest REQUEST = StatEntriesRequest.getDefaultInstance();

  @TempDir Path folder;
  private final SlowPart part = new SlowPart();
  private Daemon daemon;
  private ManagedChannel channel;

  private void start(int calls, int callsPerCaller) throws Exception {
    CallLimits limits = new CallLimits(calls, callsPerCaller, 100, 1 << 20, 16 << 10, 100, 100);
    AccessSettings access = AccessSettings.DEFAULT;
    Configuration configuration =
        Daemons.configuration(access, limits, "unix:" + folder.resolve("d.sock"));
    daemon = Daemon.start(configuration, List.of(part), DaemonOptions.fixed(configuration));
    channel = Daemons.connect(daemon.endpoints().getFirst());
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    daemon.close();
  }

  private ListenableFuture<StatEntriesResponse> call() throws InterruptedException {
    ListenableFuture<StatEntriesResponse> call =
        EntryServiceGrpc.newFutureStub(channel).statEntries(REQUEST);
    assertThat(part.awaitCaller()).startsWith("uid:");
    return call;
  }

  private void assertRefused(Status.Code code, String reason) throws Exception {
    try {
      EntryServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .statEntries(REQUEST);
      throw new AssertionError("let in");
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(code);
      List<Any> details = StatusProto.fromThrowable(e).getDetailsList();
      assertThat(details.getFirst().unpack(ErrorInfo.class).getReason()).isEqualTo(reason);
      if (code == Status.Code.RESOURCE_EXHAUSTED) {
        var delay = details.getLast().unpack(RetryInfo.class).getRetryDelay();
        assertThat(Durations.toMillis(delay)).isPositive();
      }
    }
  }

  @Test
  void callPastTheLimitIsRefusedAtOnceAndLetInLater() throws Exception {
    start(2, 10);
    var first = call();
    var second = call();
    assertRefused(Status.Code.RESOURCE_EXHAUSTED, "CALL_LIMIT");
    assertThat(health()).isEqualTo(ServingStatus.SERVING);
    part.answerOne();
    part.answerOne();
    first.get(20, TimeUnit.SECONDS);
    second.get(20, TimeUnit.SECONDS);
    awaitActive(0);
    var third = call();
    part.answerOne();
    third.get(20, TimeUnit.SECONDS);
  }

  @Test
  void callerHasAQuotaOfItsOwn() throws Exception {
    start(10, 1);
    var call = call();
    assertRefused(Status.Code.RESOURCE_EXHAUSTED, "CALLER_QUOTA");
    assertThat(call).isNotDone();
  }

  @Test
  void cancelledCallMakesRoom() throws Exception {
    start(1, 1);
    var first = call();
    first.cancel(true);
    awaitActive(0);
    var second = call();
    part.answerOne(); // nobody listens to it any more
    part.answerOne();
    second.get(20, TimeUnit.SECONDS);
  }

  @Test
  void drainWaitsForCallsAndRefusesNewOnes() throws Exception {
    start(10, 10);
    var before = call();
    part.jobs.set(1);
    var state = AdminServiceGrpc.newBlockingStub(channel).drain(DrainRequest.getDefaultInstance());
    assertThat(state.getWaitingFor()).isEqualTo(2);
    assertRefused(Status.Code.UNAVAILABLE, "DRAINING");
    assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING);
    var stats =
        AdminServiceGrpc.newBlockingStub(channel).getStats(GetStatsRequest.getDefaultInstance());
    assertThat(stats.getDraining()).isTrue();
    assertThat(stats.getCallsEndedMap()).containsKey("UNAVAILABLE");
    part.answerOne();
    before.get(20, TimeUnit.SECONDS);
    part.jobs.set(0);
    daemon.awaitEnd();
    assertThat(part.cancelledCalls).hasValue(0);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void drainCancelsWhatTakesTooLong() throws Exception {
    start(10, 10);
    var call = call();
    part.jobs.set(1);
    daemon.drain(Duration.ofMillis(50));
    daemon.awaitEnd();
    assertThat(part.jobs).hasValue(0);
    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("UNAVAILABLE: the daemon ended before the call did");
    assertThat(part.cancelledCalls).hasValue(1);
  }

  @Test
  void secondDrainMayGiveLessTime() throws Exception {
    start(10, 10);
    var call = call();
    daemon.drain(Duration.ofHours(1));
    daemon.drain(Duration.ZERO);
    daemon.drain(Duration.ofHours(1));
    daemon.awaitEnd();
    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
  }

  private void awaitActive(long count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (daemon.administration().stats().getCallsActive() > count) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private ServingStatus health() {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}
