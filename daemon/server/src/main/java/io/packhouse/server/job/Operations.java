package io.packhouse.server.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.packhouse.server.access.Caller;
import io.packhouse.server.job.JobListener.Ended;
import io.packhouse.server.job.JobRefusedException.Reason;
import io.packhouse.server.log.LogFields;
import io.packhouse.v1.OperationMetadata;
import io.packhouse.v1.Priority;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All operations: takes jobs, runs them as the {@link JobQueue} lets it, and keeps what became of
 * them. Callers see their own operations only, administrators all. Thread-safe.
 */
public final class Operations implements AutoCloseable {
  public static final String NAME_PREFIX = "operations/";

  private static final System.Logger LOGGER = System.getLogger(Operations.class.getName());
  private static final int ID_BYTES = 16;

  private final JobSettings settings;
  private final Function<Throwable, Status> failures;
  private final Leftovers leftovers;
  private final OperationStore store;
  private final JobQueue queue;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("packhoused-job-", 0).daemon(true).factory());
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong succeeded = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();
  private final Map<String, LiveOperation> byId = new ConcurrentHashMap<>();
  private final Map<String, JobQueue.Ticket> tickets = new ConcurrentHashMap<>();

  @GuardedBy("this")
  private final Map<RequestKey, LiveOperation> byRequest = new HashMap<>();

  /** Those that have ended, in that order, to be forgotten in. */
  @GuardedBy("this")
  private final Deque<LiveOperation> ended = new ArrayDeque<>();

  private volatile boolean draining;
  private volatile JobListener listener = _ -> {};

  private record RequestKey(String owner, String requestId) {}

  /**
   * Takes up what was kept. Operations that were cut off end as ABORTED, and what they left behind
   * is swept.
   *
   * @param failures what an exception of a job is to its callers
   * @param leftovers of archives that operations were writing when the last daemon died
   * @throws IOException if the state folder cannot be used
   */
  public Operations(JobSettings settings, Function<Throwable, Status> failures, Leftovers leftovers)
      throws IOException {
    this.settings = settings;
    this.failures = failures;
    this.leftovers = leftovers;
    this.store = new OperationStore(settings.stateFolder());
    this.queue = new JobQueue(settings);
    synchronized (this) {
      for (Map.Entry<String, OperationStore.Stored> each : store.load().entrySet()) {
        takeUp(each.getKey(), each.getValue());
      }
      ended.addAll(
          byId.values().stream()
              .sorted(
                  Comparator.comparing(
                      each -> each.metadata().getEndTime(), Timestamps.comparator()))
              .toList());
      forgetOld();
    }
  }

  @GuardedBy("this")
  private void takeUp(String id, OperationStore.Stored stored) throws IOException {
    LiveOperation live;
    try {
      live = LiveOperation.of(id, stored);
    } catch (InvalidProtocolBufferException e) {
      LOGGER.log(System.Logger.Level.WARNING, "operation " + id + " is of another kind; forgotten");
      store.delete(id);
      return;
    }
    if (!live.done().isDone()) {
      if (!stored.output().isEmpty()) {
        sweep(live.metadata().getArchive());
      }
      live.failed(
          Status.newBuilder()
              .setCode(Code.ABORTED_VALUE)
              .setMessage("the daemon ended while this was under way; nothing was half-written")
              .build());
      store.save(id, live.stored());
      live.announce();
    }
    byId.put(id, live);
    String requestId = live.metadata().getRequestId();
    if (!requestId.isEmpty()) {
      byRequest.put(new RequestKey(live.owner(), requestId), live);
    }
  }

  private void sweep(String archive) {
    try {
      leftovers.sweep(archive);
    } catch (IOException | IllegalArgumentException e) {
      LOGGER.log(System.Logger.Level.WARNING, "cannot sweep what is left beside " + archive, e);
    }
  }

  /** Has operations that end be told to another listener as well. */
  public synchronized void addListener(JobListener other) {
    listener = listener.and(other);
  }

  /**
   * Takes a job, which runs as soon as it may.
   *
   * @param requestId chosen by the caller, empty for none: the same id and request give the
   *     operation that there is, and start nothing
   * @return the operation as it is now
   * @throws JobRefusedException if it is not taken
   * @throws BusyException if there is no room for it now
   * @throws IOException if it cannot be kept
   */
  public Operation submit(
      Caller caller, String requestId, Message request, Priority priority, Job job)
      throws JobRefusedException, IOException {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    LiveOperation live =
        new LiveOperation(
            HexFormat.of().formatHex(bytes),
            OperationMetadata.newBuilder()
                .setVerb(job.verb())
                .setArchive(job.archive())
                .setOwner(caller.id())
                .setRequestId(requestId)
                .setCreateTime(LiveOperation.now())
                .build(),
            Any.pack(request),
            job.writesArchive() ? job.archive() : "");
    live.queued(0);
    if (!requestId.isEmpty()) {
      LiveOperation earlier = claim(new RequestKey(caller.id(), requestId), live);
      if (earlier != null) {
        return same(earlier, live);
      }
    }
    try {
      start(live, priority, job);
    } catch (Throwable e) {
      forget(live);
      throw e;
    }
    return live.snapshot();
  }

  private synchronized @Nullable LiveOperation claim(RequestKey key, LiveOperation live) {
    return byRequest.putIfAbsent(key, live);
  }

  private static Operation same(LiveOperation earlier, LiveOperation live)
      throws JobRefusedException {
    if (!earlier.request().equals(live.request())) {
      throw new JobRefusedException(
          Reason.DUPLICATE_REQUEST_ID,
          "request_id "
              + live.metadata().getRequestId()
              + " was used for another request, "
              + earlier.name()
              + "; choose a new one");
    }
    return earlier.snapshot();
  }

  private void start(LiveOperation live, Priority priority, Job job)
      throws JobRefusedException, IOException {
    if (draining) {
      throw new JobRefusedException(
          Reason.DRAINING, "the daemon is about to end and takes no more work");
    }
    JobQueue.Ticket ticket =
        new JobQueue.Ticket(
            live.owner(),
            priority,
            job.memoryBytes(),
            job.growthBytes(),
            sequence.getAndIncrement(),
            () ->
                threads.execute(
                    () ->
                        ScopedValue.where(LogFields.OF_JOB, live.logFields())
                            .run(() -> run(live, job))));
    store.save(live.id(), live.stored());
    byId.put(live.id(), live);
    tickets.put(live.id(), ticket);
    queue.add(ticket);
  }

  private void run(LiveOperation live, Job job) {
    JobQueue.Ticket ticket = Objects.requireNonNull(tickets.get(live.id()), "has no ticket");
    live.started((bytes, granted) -> queue.grow(ticket, bytes, granted));
    try {
      Message response = job.run(live);
      succeeded.incrementAndGet();
      end(live, () -> live.succeeded(response));
    } catch (Throwable e) {
      Status status = live.isCancelled() ? cancellation() : failures.apply(e);
      (live.isCancelled() ? cancelled : failed).incrementAndGet();
      end(live, () -> live.failed(status));
    } finally {
      queue.ended(ticket);
    }
  }

  /** Tells the log and the listeners of an end. */
  private void tell(LiveOperation live) {
    Ended end = live.end();
    LOGGER.log(
        System.Logger.Level.INFO,
        "{0} {1} {2}: {3}, {4} bytes, {5} ms",
        end.name(),
        end.verb(),
        end.archive(),
        end.code() == Code.OK ? "done" : end.message(),
        Long.toString(live.metadata().getProgress().getBytesDone()),
        Long.toString(end.ran().toMillis()),
        live.logFields());
    try {
      listener.ended(end);
    } catch (RuntimeException e) {
      // Whoever waits for the end must hear of it.
      LOGGER.log(System.Logger.Level.ERROR, "the end of " + end.name() + " is not counted", e);
    }
  }

  private static Status cancellation() {
    return Status.newBuilder()
        .setCode(Code.CANCELLED_VALUE)
        .setMessage("cancelled; nothing is half-written")
        .build();
  }

  /** The disk knows of the end before the caller does. */
  private void end(LiveOperation live, Runnable ending) {
    ending.run();
    tickets.remove(live.id());
    try {
      if (!live.isDeleted()) {
        store.save(live.id(), live.stored());
      }
    } catch (IOException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          live.name() + " has ended, but a restart of the daemon will not know how: " + e);
    } finally {
      synchronized (this) {
        ended.add(live);
        forgetOld();
      }
      tell(live);
      live.announce();
    }
    // Whoever deletes it from here on sees that it has ended.
    forgetDeleted(live);
  }

  private void forgetDeleted(LiveOperation live) {
    if (live.isDeleted() && live.done().isDone()) {
      synchronized (this) {
        ended.remove(live);
      }
      forget(live);
    }
  }

  @GuardedBy("this")
  private void forgetOld() {
    Instant limit = Instant.now().minus(settings.retention());
    for (LiveOperation oldest = ended.peekFirst();
        oldest != null
            && (ended.size() > settings.keptOperations()
                || oldest.metadata().getEndTime().getSeconds() < limit.getEpochSecond());
        oldest = ended.peekFirst()) {
      ended.removeFirst();
      forget(oldest);
    }
  }

  private void forget(LiveOperation live) {
    byId.remove(live.id());
    tickets.remove(live.id());
    String requestId = live.metadata().getRequestId();
    if (!requestId.isEmpty()) {
      synchronized (this) {
        byRequest.remove(new RequestKey(live.owner(), requestId), live);
      }
    }
    try {
      store.delete(live.id());
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.WARNING, "cannot forget " + live.name() + ": " + e);
    }
  }

  /** The operation as it is now, or null if there is none that the caller may see. */
  public @Nullable Operation get(Caller caller, String name) {
    LiveOperation live = find(caller, name);
    return live == null ? null : snapshot(live);
  }

  private Operation snapshot(LiveOperation live) {
    JobQueue.Ticket ticket = tickets.get(live.id());
    if (ticket != null) {
      live.queued(queue.position(ticket));
    }
    return live.snapshot();
  }

  private @Nullable LiveOperation find(Caller caller, String name) {
    if (!name.startsWith(NAME_PREFIX)) {
      return null;
    }
    LiveOperation live = byId.get(name.substring(NAME_PREFIX.length()));
    return live == null || live.isDeleted() || !caller.seesWorkOf(live.owner()) ? null : live;
  }

  /** All that the caller may see, the latest first. */
  public List<Operation> list(Caller caller) {
    return byId.values().stream()
        .filter(live -> !live.isDeleted() && caller.seesWorkOf(live.owner()))
        .sorted(
            Comparator.<LiveOperation, com.google.protobuf.Timestamp>comparing(
                    live -> live.metadata().getCreateTime(), Timestamps.comparator())
                .thenComparing(LiveOperation::id)
                .reversed())
        .map(this::snapshot)
        .toList();
  }

  /**
   * The end of an operation, or null if there is no such operation. Completing or cancelling the
   * future changes nothing.
   */
  public @Nullable CompletableFuture<Operation> ending(Caller caller, String name) {
    LiveOperation live = find(caller, name);
    return live == null ? null : live.done().copy();
  }

  /**
   * Asks an operation to end, which it does soon, unless it is about to end anyway.
   *
   * @return false if there is no such operation
   */
  public boolean cancel(Caller caller, String name) {
    LiveOperation live = find(caller, name);
    if (live == null) {
      return false;
    }
    cancel(live);
    return true;
  }

  private void cancel(LiveOperation live) {
    JobQueue.Ticket ticket = tickets.get(live.id());
    live.cancel();
    if (ticket != null && queue.remove(ticket)) {
      cancelled.incrementAndGet();
      end(live, () -> live.failed(cancellation()));
    }
  }

  /**
   * Forgets an operation; one that has not ended goes on, and is forgotten when it ends.
   *
   * @return false if there is no such operation
   */
  public boolean delete(Caller caller, String name) {
    LiveOperation live = find(caller, name);
    if (live == null) {
      return false;
    }
    live.delete();
    forgetDeleted(live);
    return true;
  }

  /** Counts since the start, and of now. */
  public record Counts(
      int running,
      int waiting,
      long succeeded,
      long failed,
      long cancelled,
      long refused,
      int known) {}

  public Counts counts() {
    return new Counts(
        queue.runningCount(),
        queue.waitingCount(),
        succeeded.get(),
        failed.get(),
        cancelled.get(),
        queue.refusedCount(),
        byId.size());
  }

  public JobSettings settings() {
    return settings;
  }

  /** Memory that running jobs may use, in bytes. */
  public long memoryTaken() {
    return queue.memoryTaken();
  }

  /** Takes no more jobs; those that there are go on. */
  public void stopAdmission() {
    draining = true;
  }

  /**
   * Takes no more jobs, waits for those that there are, and cancels what has not ended in time.
   *
   * @return how many were cancelled
   * @throws InterruptedException if interrupted while it waits; then nothing was cancelled
   */
  public int drain(Duration time) throws InterruptedException {
    draining = true;
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            byId.values().stream().map(LiveOperation::done).toArray(CompletableFuture<?>[]::new));
    try {
      all.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return 0;
    } catch (TimeoutException e) {
      List<LiveOperation> left =
          byId.values().stream().filter(live -> !live.done().isDone()).toList();
      left.forEach(this::cancel);
      return left.size();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("an operation's end is never exceptional", e);
    }
  }

  /** Cancels what runs, and waits until it has ended. */
  @Override
  public void close() {
    draining = true;
    byId.values().stream().filter(live -> !live.done().isDone()).forEach(this::cancel);
    threads.shutdown();
    boolean interrupted = false;
    boolean terminated = false;
    while (!terminated) {
      try {
        terminated = threads.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      store.close();
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.WARNING, "cannot close the file of operations", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
