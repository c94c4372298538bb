package io.packhouse.server.access;

import com.google.rpc.Code;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.packhouse.server.log.LogFields;
import java.util.List;
import java.util.Map;

/**
 * Lets in who may call a method, and tells the method who it is. Each refusal is logged once, with
 * who and what. Thread-safe.
 */
public final class AccessInterceptor implements ServerInterceptor {
  private static final System.Logger LOG = System.getLogger(AccessInterceptor.class.getName());

  private final MethodRules rules;
  private final RefusalListener refusals;
  private volatile Authenticator authenticator;

  public AccessInterceptor(
      MethodRules rules, Authenticator authenticator, RefusalListener refusals) {
    this.rules = rules;
    this.refusals = refusals;
    this.authenticator = authenticator;
  }

  /** Goes by other settings from the next call on. */
  public void use(Authenticator other) {
    authenticator = other;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    MethodRules.Rule rule = rules.find(method);
    if (rule == null) {
      return refuse(
          call,
          PeerUser.describe(call),
          denied("METHOD_WITHOUT_RULE", method + " is not open to anybody", Map.of()));
    }
    Role needed = rule.role();
    if (needed == null) {
      return next.startCall(call, headers);
    }
    // Names and passwords come in handshakes, and nowhere else.
    String password = method.equals(Handshake.METHOD) ? Handshake.replacePassword(headers) : null;
    Authenticator.Outcome outcome = authenticator.authenticate(call.getAttributes(), headers);
    if (password != null && outcome instanceof Authenticator.Outcome.Unknown) {
      Authenticator.Outcome without = authenticator.byConnection(call.getAttributes());
      if (without instanceof Authenticator.Outcome.Known) {
        // Drivers have to send one, even where none is needed.
        outcome = without;
        password = null;
      }
    }
    String answer = password;
    return switch (outcome) {
      case Authenticator.Outcome.Unknown(Refusal refusal) ->
          refuse(call, PeerUser.describe(call), refusal);
      case Authenticator.Outcome.Known(Caller caller) when !caller.may(needed) ->
          refuse(
              call,
              caller.id(),
              denied(
                  "ROLE_MISSING",
                  method
                      + " needs the role "
                      + needed
                      + "; "
                      + caller.id()
                      + " has "
                      + caller.role(),
                  Map.of("role", needed.toString(), "method", method)));
      case Authenticator.Outcome.Known(Caller caller) -> {
        // No further than here: methods have no use for secrets.
        headers.discardAll(Authenticator.AUTHORIZATION);
        Context context =
            Context.current()
                .withValues(
                    Caller.KEY, caller, LogFields.OF_CALL, LogFields.ofCall(caller.id(), method));
        yield Contexts.interceptCall(
            context, answer == null ? call : new Handshake<>(call, answer), headers, next);
      }
    };
  }

  private static Refusal denied(String reason, String message, Map<String, String> metadata) {
    return new Refusal(Code.PERMISSION_DENIED, reason, message, metadata, List.of());
  }

  private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String who, Refusal refusal) {
    refusals.refused(who, call.getMethodDescriptor().getFullMethodName(), refusal);
    LOG.log(
        System.Logger.Level.WARNING,
        "refused {0} to {1}: {2}",
        call.getMethodDescriptor().getFullMethodName(),
        who,
        refusal.reason(),
        LogFields.ofCall(who, call.getMethodDescriptor().getFullMethodName()));
    return refusal.close(call);
  }
}
