package io.packhouse.server.access;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
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
 * @param retryMillis when to try again; 0 where trying again does not help
 */
public record Refusal(
    Code code, String reason, String message, Map<String, String> metadata, long retryMillis) {
  private static final String DOMAIN = "packhouse.v1";

  public Refusal {
    metadata = Map.copyOf(metadata);
  }

  public static Refusal unauthenticated(String reason, String message) {
    return new Refusal(Code.UNAUTHENTICATED, reason, message, Map.of(), 0);
  }

  /** The status that the client sees. */
  public StatusRuntimeException toException() {
    List<Message> details = new ArrayList<>();
    details.add(
        ErrorInfo.newBuilder()
            .setReason(reason)
            .setDomain(DOMAIN)
            .putAllMetadata(metadata)
            .build());
    if (retryMillis > 0) {
      Duration delay =
          Duration.newBuilder()
              .setSeconds(retryMillis / 1_000)
              .setNanos((int) (retryMillis % 1_000) * 1_000_000)
              .build();
      details.add(RetryInfo.newBuilder().setRetryDelay(delay).build());
    }
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(message)
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
