package io.packhouse.server.audit;

import com.google.longrunning.Operation;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.MethodRules;
import io.packhouse.server.audit.AuditEvent.Kind;
import java.util.Map;

/**
 * Notes calls that change something, and others where that is asked for. To be the innermost
 * interceptor: only calls that were let in get here. Thread-safe.
 */
public final class AuditInterceptor implements ServerInterceptor {
  /** Whatever the longest name is, a line has no more of it. */
  private static final int MAX_CHARS = 1_024;

  private final AuditLog log;
  private final MethodRules rules;

  public AuditInterceptor(AuditLog log, MethodRules rules) {
    this.log = log;
    this.rules = rules;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    MethodRules.Rule rule = rules.find(call.getMethodDescriptor().getFullMethodName());
    Caller caller = Caller.KEY.get();
    if (rule == null || caller == null || !log.notes(rule.changes())) {
      return next.startCall(call, headers);
    }
    Noted<Q, R> noted = new Noted<>(call, caller.id());
    return noted.listening(next.startCall(noted, headers));
  }

  private final class Noted<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final String caller;
    private final long start = System.nanoTime();
    private volatile String archive = "";
    private volatile String operation = "";
    private boolean over;

    Noted(ServerCall<Q, R> call, String caller) {
      super(call);
      this.caller = caller;
    }

    @Override
    public void sendMessage(R message) {
      if (message instanceof Operation begun) {
        operation = begun.getName();
      }
      super.sendMessage(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      // Before the caller hears of it.
      end(status.getCode());
      super.close(status, trailers);
    }

    private synchronized void end(Status.Code code) {
      if (!over) {
        over = true;
        log.called(
            new AuditEvent(
                Kind.CALL,
                caller,
                getMethodDescriptor().getFullMethodName(),
                archive,
                operation,
                code.name(),
                "",
                (System.nanoTime() - start) / 1_000_000));
      }
    }

    ServerCall.Listener<Q> listening(ServerCall.Listener<Q> listener) {
      return new SimpleForwardingServerCallListener<>(listener) {
        @Override
        public void onMessage(Q message) {
          if (archive.isEmpty() && message instanceof Message request) {
            take(request);
          }
          super.onMessage(message);
        }

        @Override
        public void onCancel() {
          end(Status.Code.CANCELLED);
          super.onCancel();
        }
      };
    }

    /** Finds in a request what it is about: names have the same fields in all of them. */
    private void take(Message request) {
      boolean ofOperation = getMethodDescriptor().getFullMethodName().contains(".Operation");
      for (Map.Entry<FieldDescriptor, Object> field : request.getAllFields().entrySet()) {
        String name = field.getKey().getName();
        if (field.getValue() instanceof String text) {
          if (name.equals("archive")
              || name.equals("left")
              || (name.equals("name") && !ofOperation)) {
            archive = bounded(text);
          } else if (name.equals("name")) {
            operation = bounded(text);
          }
        } else if (name.equals("start") && field.getValue() instanceof Message first) {
          take(first);
        }
      }
    }

    private static String bounded(String text) {
      return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS);
    }
  }
}
