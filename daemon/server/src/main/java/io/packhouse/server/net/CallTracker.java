package io.packhouse.server.net;

import com.google.rpc.Code;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.packhouse.server.access.MethodRules;
import io.packhouse.server.access.PeerUser;
import io.packhouse.server.access.Refusal;
import io.packhouse.server.access.RefusalListener;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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

  private static final String CUT = "the daemon ended before the call did";

  private final MethodRules rules;
  private final CallObserver observer;
  private final RefusalListener refusals;
  private final Set<Tracked<?, ?>> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicLong active = new AtomicLong();
  private final AtomicLong awaited = new AtomicLong();
  private final Map<Status.Code, LongAdder> ended = new EnumMap<>(Status.Code.class);
  private final AtomicLong begun = new AtomicLong();
  private volatile boolean draining;
  private volatile boolean refusing;

  public CallTracker(MethodRules rules, CallObserver observer, RefusalListener refusals) {
    this.rules = rules;
    this.observer = observer;
    this.refusals = refusals;
    for (Status.Code code : Status.Code.values()) {
      ended.put(code, new LongAdder());
    }
  }

  /**
   * From now on it ends.
   *
   * @param refuse new calls, but those that watch or end work
   */
  public void drain(boolean refuse) {
    refusing = refuse;
    draining = true;
  }

  /** Calls that have begun since the daemon has. */
  public long begun() {
    return begun.get();
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
      boolean refused = refusing && isAwaited;
      if (refused) {
        refusals.refused(PeerUser.describe(call), tracked.method(), DRAINING);
      }
      ServerCall.Listener<Q> listener =
          refused ? DRAINING.close(tracked) : next.startCall(tracked, headers);
      return new EndListener<>(tracked.aware(listener), end);
    } catch (Throwable e) {
      end.run();
      throw e;
    }
  }

  /** Ends the calls under way: their clients may try elsewhere, their services are told. */
  public void cancelAll() {
    underWay.forEach(Tracked::cut);
  }

  /**
   * A call that may be cut off by another thread. What the service still sends is dropped then, and
   * it hears of a cancellation where gRPC would tell it that all is well.
   */
  private final class Tracked<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final boolean isAwaited;
    private final long start = System.nanoTime();
    private Status.Code code = Status.Code.CANCELLED;
    private boolean closed;
    private volatile boolean cut;

    Tracked(ServerCall<Q, R> call, boolean isAwaited) {
      super(call);
      this.isAwaited = isAwaited;
      active.incrementAndGet();
      begun.incrementAndGet();
      if (isAwaited) {
        awaited.incrementAndGet();
      }
      underWay.add(this);
    }

    private String method() {
      return getMethodDescriptor().getFullMethodName();
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!cut) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!cut) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!cut) {
        closed = true;
        code = status.getCode();
        super.close(status, trailers);
      }
    }

    @Override
    public boolean isCancelled() {
      return cut || super.isCancelled();
    }

    private synchronized void cut() {
      if (!closed && !isCancelled()) {
        close(Status.UNAVAILABLE.withDescription(CUT), new Metadata());
        cut = true;
      }
    }

    ServerCall.Listener<Q> aware(ServerCall.Listener<Q> listener) {
      return new SimpleForwardingServerCallListener<>(listener) {
        @Override
        public void onComplete() {
          if (cut) {
            super.onCancel();
          } else {
            super.onComplete();
          }
        }
      };
    }

    private synchronized void end() {
      underWay.remove(this);
      observer.ended(method(), code, System.nanoTime() - start);
      ended.getOrDefault(code, new LongAdder()).increment();
      active.decrementAndGet();
      if (isAwaited) {
        awaited.decrementAndGet();
      }
    }
  }
}
