package io.packhouse.server.access;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Why a call is not let in, with details that programs understand.
 *
 * @param code its status
 * @param reason upper-case words for programs, part of the interface: {@code TOKEN_EXPIRED}
 * @param message for people; without secrets
 * @param metadata values that belong to the reason
 * @param details more messages of google.rpc
 */
public record Refusal(
    Code code, String reason, String message, Map<String, String> metadata, List<Message> details) {
  private static final String DOMAIN = "packhouse.io";

  public Refusal {
    metadata = Map.copyOf(metadata);
    details = List.copyOf(details);
  }

  public static Refusal unauthenticated(String reason, String message) {
    return new Refusal(Code.UNAUTHENTICATED, reason, message, Map.of(), List.of());
  }

  /**
   * RESOURCE_EXHAUSTED: so much is under way that no more is taken for a while.
   *
   * @param subject whose limit it is
   * @param retryMillis when to try again
   */
  public static Refusal exhausted(
      String reason, String subject, String message, int limit, int retryMillis) {
    QuotaFailure quota =
        QuotaFailure.newBuilder()
            .addViolations(
                QuotaFailure.Violation.newBuilder().setSubject(subject).setDescription(message))
            .build();
    RetryInfo retry =
        RetryInfo.newBuilder()
            .setRetryDelay(Duration.newBuilder().setNanos(retryMillis * 1_000_000))
            .build();
    return new Refusal(
        Code.RESOURCE_EXHAUSTED,
        reason,
        message,
        Map.of("limit", Integer.toString(limit)),
        List.of(quota, retry));
  }

  /** The status that the client sees. */
  public StatusRuntimeException toException() {
    ErrorInfo info =
        ErrorInfo.newBuilder().setReason(reason).setDomain(DOMAIN).putAllMetadata(metadata).build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(message)
            .addDetails(Any.pack(info))
            .addAllDetails(details.stream().map(Any::pack).toList())
            .build());
  }

  /** Ends a call that nobody has taken up, and gives what is to listen to the rest of it. */
  public <Q> ServerCall.Listener<Q> close(ServerCall<Q, ?> call) {
    StatusRuntimeException refused = toException();
    call.close(
        refused.getStatus(), Objects.requireNonNullElseGet(refused.getTrailers(), Metadata::new));
    return new ServerCall.Listener<>() {};
  }
}
