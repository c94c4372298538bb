package io.packhouse.server.grpc;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.config.ConfigurationException;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.DrainRequest;
import io.packhouse.v1.DrainResponse;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import io.packhouse.v1.ReloadRequest;
import io.packhouse.v1.ReloadResponse;
import io.packhouse.v1.SetLogLevelRequest;
import io.packhouse.v1.SetLogLevelResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code packhouse.v1.AdminService}. */
public final class AdminGrpc extends AdminServiceGrpc.AdminServiceImplBase {
  /** Nobody waits longer; and no sum of times overflows. */
  private static final Duration LONGEST_DRAIN = Duration.ofDays(7);

  private final Administration administration;

  public AdminGrpc(Administration administration) {
    this.administration = administration;
  }

  @Override
  public void getStats(GetStatsRequest request, StreamObserver<GetStatsResponse> responses) {
    GetStatsResponse stats = administration.stats();
    responses.onNext(Caller.current().may(Role.ADMIN) ? stats : withoutOthersWork(stats));
    responses.onCompleted();
  }

  /** What tells nothing of how much others do, or have. */
  private static GetStatsResponse withoutOthersWork(GetStatsResponse stats) {
    return GetStatsResponse.newBuilder()
        .setVersion(stats.getVersion())
        .setStartTime(stats.getStartTime())
        .setDraining(stats.getDraining())
        .build();
  }

  @Override
  public void drain(DrainRequest request, StreamObserver<DrainResponse> responses) {
    Duration timeout = null;
    if (request.hasTimeout()) {
      timeout = time(request.getTimeout());
      if (timeout == null) {
        responses.onError(
            Failures.badField("timeout", "must be from 0 to " + LONGEST_DRAIN.toDays() + " days"));
        return;
      }
    }
    Administration.DrainState state = administration.drain(timeout);
    Instant deadline = state.deadline();
    responses.onNext(
        DrainResponse.newBuilder()
            .setWaitingFor(state.waitingFor())
            .setDeadline(
                Timestamp.newBuilder()
                    .setSeconds(deadline.getEpochSecond())
                    .setNanos(deadline.getNano()))
            .build());
    responses.onCompleted();
  }

  /** Null where it is out of range. */
  private static @Nullable Duration time(com.google.protobuf.Duration given) {
    if (!Durations.isValid(given) || Durations.isNegative(given)) {
      return null;
    }
    Duration time = Duration.ofSeconds(given.getSeconds(), given.getNanos());
    return time.compareTo(LONGEST_DRAIN) > 0 ? null : time;
  }

  @Override
  public void reload(ReloadRequest request, StreamObserver<ReloadResponse> responses) {
    try {
      Administration.ReloadResult result = administration.reload();
      responses.onNext(
          ReloadResponse.newBuilder()
              .addAllApplied(result.applied())
              .addAllNeedsRestart(result.needsRestart())
              .build());
      responses.onCompleted();
    } catch (IOException | IllegalArgumentException e) {
      // What administrators wrote wrong, told to an administrator.
      String what = e instanceof ConfigurationException ? "" : "the configuration: ";
      responses.onError(
          Failures.precondition("CONFIGURATION", "configuration", what + e.getMessage()));
    }
  }

  @Override
  public void setLogLevel(
      SetLogLevelRequest request, StreamObserver<SetLogLevelResponse> responses) {
    try {
      String previous = administration.setLogLevel(request.getLevel(), request.getLogger());
      responses.onNext(SetLogLevelResponse.newBuilder().setPreviousLevel(previous).build());
      responses.onCompleted();
    } catch (IllegalArgumentException e) {
      responses.onError(Failures.badField("level", String.valueOf(e.getMessage())));
    }
  }
}
