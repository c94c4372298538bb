package io.packhouse.server.net;

import com.google.rpc.Code;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.packhouse.server.access.MethodRules;
import io.packhouse.server.access.Refusal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls, and shuts the door when no more are taken. To be the outermost interceptor.
 * Thread-safe.
 */
public final class CallTracker implements ServerInterceptor {
  private static final Refusal DRAINING =
      new Refusal(
          Code.UNAVAILABLE,
          "DRAINING",
          "the daemon ends and takes no more work",
          Map.of(),
          List.of());

  private final MethodRules rules;
  private final AtomicLong active = new AtomicLong();
  private final AtomicLong awaited = new AtomicLong();
  private final Map<Status.Code, LongAdder> ended = new EnumMap<>(Status.Code.class);
  private volatile boolean draining;

  public CallTracker(MethodRules rules) {
    this.rules = rules;
    for (Status.Code code : Status.Code.values()) {
      ended.put(code, new LongAdder());
    }
  }

  /** Refuses new calls from now on, but those that watch or end work. */
  public void stopAdmission() {
    draining = true;
  }

  public boolean isDraining() {
    return draining;
  }

  /** Calls under way. */
  public long active() {
    return active.get();
  }

  /** Calls under way that a drain waits for: all but those that would be let in meanwhile. */
  public long awaited() {
    return awaited.get();
  }

  /** How many calls have ended, by status; without those that never occurred. */
  public Map<Status.Code, Long> ended() {
    Map<Status.Code, Long> counts = new EnumMap<>(Status.Code.class);
    ended.forEach(
        (code, count) -> {
          if (count.sum() > 0) {
            counts.put(code, count.sum());
          }
        });
    return counts;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    MethodRules.Rule rule = rules.find(call.getMethodDescriptor().getFullMethodName());
    boolean isAwaited = rule == null || !rule.whileDraining();
    // Counted before the door is looked at: a drain that shut it sees this call or turns it away.
    Tracked<Q, R> tracked = new Tracked<>(call, isAwaited);
    Runnable end = EndListener.once(tracked::end);
    try {
      ServerCall.Listener<Q> listener =
          draining && isAwaited ? DRAINING.close(tracked) : next.startCall(tracked, headers);
      return new EndListener<>(listener, end);
    } catch (Throwable e) {
      end.run();
      throw e;
    }
  }

  private final class Tracked<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final boolean isAwaited;
    private final AtomicReference<Status.Code> code = new AtomicReference<>(Status.Code.CANCELLED);

    Tracked(ServerCall<Q, R> call, boolean isAwaited) {
      super(call);
      this.isAwaited = isAwaited;
      active.incrementAndGet();
      if (isAwaited) {
        awaited.incrementAndGet();
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      code.set(status.getCode());
      super.close(status, trailers);
    }

    private void end() {
      ended.getOrDefault(code.get(), new LongAdder()).increment();
      active.decrementAndGet();
      if (isAwaited) {
        awaited.decrementAndGet();
      }
    }
  }
}
