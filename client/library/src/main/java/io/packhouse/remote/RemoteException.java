package io.packhouse.remote;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a daemon answered instead of doing what it was asked; the message is for people. */
public final class RemoteException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;

  /** Of a failed operation. */
  public RemoteException(Status status, @Nullable Throwable cause) {
    super(status.getMessage().isEmpty() ? code(status).name() : status.getMessage(), cause);
    this.status = status;
  }

  /** Of a failed call: a {@code StatusException} or {@code StatusRuntimeException}. */
  public static RemoteException of(Throwable failure) {
    Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      status =
          Status.newBuilder()
              .setCode(Code.UNKNOWN_VALUE)
              .setMessage(String.valueOf(failure.getMessage()))
              .build();
    }
    if (code(status) == Code.UNKNOWN && brokeAsItBegan(failure)) {
      status = status.toBuilder().setCode(Code.UNAVAILABLE_VALUE).build();
    }
    return new RemoteException(status, failure);
  }

  /** gRPC has no better status than UNKNOWN for a connection that closes as a call begins on it. */
  private static boolean brokeAsItBegan(Throwable failure) {
    return failure.getCause() instanceof ClosedChannelException;
  }

  private static Code code(Status status) {
    Code code = Code.forNumber(status.getCode());
    return code == null ? Code.UNKNOWN : code;
  }

  /** What kind of failure. */
  public Code code() {
    return code(status);
  }

  /** The reason in UPPER_SNAKE_CASE that programs can tell apart; empty where there is none. */
  public String reason() {
    ErrorInfo info = detail(ErrorInfo.class);
    return info == null ? "" : info.getReason();
  }

  /** When the daemon says it is worth to try again; null where it does not say. */
  public @Nullable Duration retryAfter() {
    RetryInfo info = detail(RetryInfo.class);
    return info == null ? null : Duration.ofNanos(Durations.toNanos(info.getRetryDelay()));
  }

  /** Fields of the request that are wrong; empty where none is named. */
  public List<BadRequest.FieldViolation> fieldViolations() {
    BadRequest request = detail(BadRequest.class);
    return request == null ? List.of() : request.getFieldViolationsList();
  }

  /** The first detail of a kind, or null. */
  public <T extends Message> @Nullable T detail(Class<T> type) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
          return null; // a detail that cannot be read tells as much as none
        }
      }
    }
    return null;
  }

  /** Whether the same call may go well later: the daemon was away, or busy. */
  public boolean isTransient() {
    return code() == Code.UNAVAILABLE
        || (code() == Code.RESOURCE_EXHAUSTED && retryAfter() != null);
  }
}
