package io.packhouse.server.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.packhouse.server.log.LogFields;
import io.packhouse.v1.OperationMetadata;
import io.packhouse.v1.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An operation in memory: what callers see of it, and what ends its job. Thread-safe. */
final class LiveOperation implements JobContext {
  private static final Growth NOT_RUNNING =
      (_, _) -> {
        throw new IllegalStateException("the job does not run");
      };

  private final String id;
  private final String owner;
  private final Any request;
  private final String output;
  private final CompletableFuture<Operation> done = new CompletableFuture<>();
  private final ProgressMeter meter = new ProgressMeter();

  @GuardedBy("this")
  private final OperationMetadata.Builder metadata;

  /** How it ended; callers see it as {@link #ended} once it is on the disk. */
  @GuardedBy("this")
  private @Nullable Operation end;

  @GuardedBy("this")
  private @Nullable Operation ended;

  @GuardedBy("this")
  private @Nullable Runnable canceller;

  /** Where a job that runs gets more memory. */
  private volatile Growth growth = NOT_RUNNING;

  private volatile boolean cancelled;
  private volatile boolean deleted;

  /** Gives a running job more memory, as {@link JobContext#grow} says. */
  interface Growth {
    void grow(long bytes, Runnable granted);
  }

  LiveOperation(String id, OperationMetadata metadata, Any request, String output) {
    this.id = id;
    this.owner = metadata.getOwner();
    this.metadata = metadata.toBuilder();
    this.request = request;
    this.output = output;
  }

  /**
   * An operation that was kept.
   *
   * @throws InvalidProtocolBufferException if its metadata are not ours
   */
  static LiveOperation of(String id, OperationStore.Stored stored)
      throws InvalidProtocolBufferException {
    OperationMetadata metadata = stored.operation().getMetadata().unpack(OperationMetadata.class);
    LiveOperation live = new LiveOperation(id, metadata, stored.request(), stored.output());
    if (stored.operation().getDone()) {
      live.restore(stored.operation());
    }
    return live;
  }

  private synchronized void restore(Operation operation) {
    end = operation;
    ended = operation;
    done.complete(operation);
  }

  String id() {
    return id;
  }

  /** {@code operations/ID}. */
  String name() {
    return Operations.NAME_PREFIX + id;
  }

  String owner() {
    return owner;
  }

  Any request() {
    return request;
  }

  /** Completed with the operation's end, never exceptionally. */
  CompletableFuture<Operation> done() {
    return done;
  }

  boolean isDeleted() {
    return deleted;
  }

  /** Hides the operation, which is forgotten when it ends. */
  void delete() {
    deleted = true;
  }

  synchronized OperationMetadata metadata() {
    return metadata.build();
  }

  /** As callers see it. */
  synchronized Operation snapshot() {
    if (ended != null) {
      return ended;
    }
    return Operation.newBuilder().setName(name()).setMetadata(Any.pack(metadata.build())).build();
  }

  /** For the disk, which knows the end before anybody else. */
  synchronized OperationStore.Stored stored() {
    return new OperationStore.Stored(end == null ? snapshot() : end, request, output);
  }

  synchronized void queued(int position) {
    if (!metadata.hasStartTime()) {
      metadata
          .getProgressBuilder()
          .setStage(Progress.Stage.STAGE_QUEUED)
          .setQueuePosition(position);
    }
  }

  synchronized void started(Growth more) {
    growth = more;
    meter.start(System.nanoTime());
    metadata.setStartTime(now());
    metadata.setProgress(Progress.newBuilder().setStage(Progress.Stage.STAGE_FINDING));
  }

  void succeeded(Message response) {
    end(Operation.newBuilder().setResponse(Any.pack(response)));
  }

  void failed(Status error) {
    end(Operation.newBuilder().setError(error));
  }

  private synchronized void end(Operation.Builder operation) {
    metadata.setEndTime(now());
    metadata
        .getProgressBuilder()
        .setStage(Progress.Stage.STAGE_DONE)
        .clearTimeLeft()
        .clearCurrentPath();
    end = operation.setName(name()).setDone(true).setMetadata(Any.pack(metadata.build())).build();
    // Operations are kept for days: they must not keep the job, and with it its caller's
    // connection.
    canceller = null;
    growth = NOT_RUNNING;
  }

  /** Lets callers see the end, which {@link #succeeded} or {@link #failed} has said. */
  void announce() {
    Operation announced;
    synchronized (this) {
      announced = Objects.requireNonNull(end, "has not ended");
      ended = announced;
    }
    done.complete(announced);
  }

  @Override
  public synchronized void progress(Progress progress) {
    metadata.setProgress(meter.complete(progress, System.nanoTime()));
  }

  @Override
  public void grow(long bytes, Runnable granted) {
    growth.grow(bytes, granted);
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void onCancel(Runnable toRun) {
    synchronized (this) {
      if (!cancelled) {
        canceller = toRun;
        return;
      }
    }
    toRun.run();
  }

  /** Asks the job to end. */
  void cancel() {
    Runnable toRun;
    synchronized (this) {
      if (cancelled || end != null) {
        return;
      }
      cancelled = true;
      metadata.setCancelRequested(true);
      toRun = canceller;
      canceller = null;
    }
    if (toRun != null) {
      toRun.run();
    }
  }

  /** For lines of the log. */
  LogFields logFields() {
    OperationMetadata about = metadata();
    return new LogFields(name(), owner, about.getVerb(), about.getArchive());
  }

  /** How it ended, which {@link #succeeded} or {@link #failed} has said. */
  synchronized JobListener.Ended end() {
    Operation how = Objects.requireNonNull(end, "has not ended");
    Instant created = instant(metadata.getCreateTime());
    Instant over = instant(metadata.getEndTime());
    Instant started = metadata.hasStartTime() ? instant(metadata.getStartTime()) : over;
    Code code = Code.forNumber(how.getError().getCode());
    return new JobListener.Ended(
        name(),
        metadata.getVerb(),
        metadata.getArchive(),
        owner,
        code == null ? Code.UNKNOWN : code,
        how.getError().getMessage(),
        Duration.between(created, started),
        Duration.between(started, over),
        how.getResponse());
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  static Timestamp now() {
    Instant now = Instant.now();
    return Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()).build();
  }
}
