package io.packhouse.server.net;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Refusal;
import io.packhouse.server.access.RefusalListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many calls are under way, of all callers and of each: what is more is refused at once,
 * so that those let in stay fast. Comes after whatever tells who the caller is. Calls that anybody
 * may make count for a caller {@code nobody} and not in the whole, so health is told under load.
 * Thread-safe.
 */
public final class LoadLimiter implements ServerInterceptor {
  private static final int RETRY_MILLIS = 200;
  private static final String NOBODY = "nobody";

  private volatile CallLimits limits;
  private final RefusalListener refusals;
  private final AtomicInteger active = new AtomicInteger();
  private final Map<String, Integer> activeByCaller = new ConcurrentHashMap<>();

  public LoadLimiter(CallLimits limits, RefusalListener refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  /** Goes by other limits from the next call on. */
  public void use(CallLimits other) {
    limits = other;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Caller caller = Caller.KEY.get();
    String id = caller == null ? NOBODY : caller.id();
    Refusal oneTooMany = call.getAttributes().get(UserConnections.REFUSAL);
    if (oneTooMany != null) {
      return refuse(call, id, oneTooMany);
    }
    int most = limits.callsPerCaller();
    if (activeByCaller.merge(id, 1, Integer::sum) > most) {
      leave(id);
      String message = id + " has " + most + " calls under way, its most";
      return refuse(call, id, Refusal.exhausted("CALLER_QUOTA", id, message, most, RETRY_MILLIS));
    }
    int all = limits.calls();
    if (caller != null && active.incrementAndGet() > all) {
      active.decrementAndGet();
      leave(id);
      String message = "the daemon has " + all + " calls under way, its most";
      return refuse(
          call, id, Refusal.exhausted("CALL_LIMIT", "daemon", message, all, RETRY_MILLIS));
    }
    Runnable end =
        EndListener.once(
            () -> {
              leave(id);
              if (caller != null) {
                active.decrementAndGet();
              }
            });
    try {
      return new EndListener<>(next.startCall(call, headers), end);
    } catch (Throwable e) {
      end.run();
      throw e;
    }
  }

  private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String id, Refusal refusal) {
    refusals.refused(id, call.getMethodDescriptor().getFullMethodName(), refusal);
    return refusal.close(call);
  }

  private void leave(String id) {
    activeByCaller.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
  }
}
