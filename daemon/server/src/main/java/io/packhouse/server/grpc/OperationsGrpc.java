package io.packhouse.server.grpc;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc.OperationsImplBase;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import com.google.protobuf.util.Durations;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.job.Operations;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code google.longrunning.Operations}, as specified: the name of the collection is {@code
 * operations}, and the filter is empty, {@code done=true} or {@code done=false}.
 */
public final class OperationsGrpc extends OperationsImplBase {
  static final String TYPE = "google.longrunning.Operation";

  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1_000;

  /** A wait without an end of its own ends before connections are taken for dead. */
  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Kept from the deadline of a call, so that its answer is in time. */
  private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Operations operations;

  public OperationsGrpc(Operations operations) {
    this.operations = operations;
  }

  @Override
  public void getOperation(GetOperationRequest request, StreamObserver<Operation> observer) {
    Calls.answer(
        observer,
        () -> {
          Operation operation = operations.get(Caller.current(), request.getName());
          if (operation == null) {
            throw missing(request.getName());
          }
          return operation;
        });
  }

  static StatusRuntimeException missing(String name) {
    return Failures.notFound(TYPE, name);
  }

  @Override
  public void listOperations(
      ListOperationsRequest request, StreamObserver<ListOperationsResponse> observer) {
    Calls.answer(observer, () -> list(request));
  }

  private ListOperationsResponse list(ListOperationsRequest request) {
    String filter = request.getFilter().replace(" ", "");
    Violations violations =
        new Violations()
            .require(
                request.getName().isEmpty() || request.getName().equals("operations"),
                "name",
                "must be operations, is " + request.getName())
            .require(
                filter.isEmpty() || filter.equals("done=true") || filter.equals("done=false"),
                "filter",
                "must be empty, done=true or done=false, is " + request.getFilter())
            .require(request.getPageSize() >= 0, "page_size", "must not be negative");
    violations.check();
    List<Operation> all =
        operations.list(Caller.current()).stream()
            .filter(each -> filter.isEmpty() || filter.equals("done=" + each.getDone()))
            .toList();
    // The token is the name of the last operation that was sent: what comes meanwhile moves
    // nothing.
    int start = 0;
    for (int i = 0; i < all.size() && !request.getPageToken().isEmpty(); i++) {
      if (all.get(i).getName().equals(request.getPageToken())) {
        start = i + 1;
      }
    }
    Violations token = new Violations();
    token.require(
        request.getPageToken().isEmpty() || start > 0, "page_token", "is not known any more");
    token.check();
    int size =
        request.getPageSize() == 0 ? DEFAULT_PAGE : Math.min(request.getPageSize(), MAX_PAGE);
    List<Operation> page = all.subList(start, Math.min(all.size(), start + size));
    ListOperationsResponse.Builder response =
        ListOperationsResponse.newBuilder().addAllOperations(page);
    if (start + page.size() < all.size()) {
      response.setNextPageToken(page.getLast().getName());
    }
    return response.build();
  }

  @Override
  public void cancelOperation(CancelOperationRequest request, StreamObserver<Empty> observer) {
    Calls.answer(
        observer,
        () -> found(operations.cancel(Caller.current(), request.getName()), request.getName()));
  }

  @Override
  public void deleteOperation(DeleteOperationRequest request, StreamObserver<Empty> observer) {
    Calls.answer(
        observer,
        () -> found(operations.delete(Caller.current(), request.getName()), request.getName()));
  }

  private static Empty found(boolean found, String name) {
    if (!found) {
      throw missing(name);
    }
    return Empty.getDefaultInstance();
  }

  @Override
  public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> observer) {
    Caller caller = Caller.current();
    long nanos = MOST_NANOS;
    if (request.hasTimeout()) {
      nanos = Math.clamp(Durations.toNanos(request.getTimeout()), 0, MOST_NANOS);
    }
    Operation now = operations.get(caller, request.getName());
    if (now == null) {
      observer.onError(missing(request.getName()));
      return;
    }
    answerAtEnd(operations, caller, now, nanos, observer);
  }

  /**
   * Answers when an operation ends, or with how far it is after a time, or shortly before the
   * call's deadline.
   *
   * @param now as it was a moment ago
   */
  static void answerAtEnd(
      Operations operations,
      Caller caller,
      Operation now,
      long nanos,
      StreamObserver<Operation> observer) {
    ServerCallStreamObserver<Operation> call = (ServerCallStreamObserver<Operation>) observer;
    CompletableFuture<Operation> end =
        now.getDone() ? null : operations.ending(caller, now.getName());
    if (end == null) {
      answer(operations, call, caller, now);
      return;
    }
    long most = nanos;
    Deadline deadline = Context.current().getDeadline();
    if (deadline != null) {
      most = Math.clamp(deadline.timeRemaining(TimeUnit.NANOSECONDS) - ANSWER_NANOS, 0, nanos);
    }
    call.setOnCancelHandler(() -> end.cancel(false));
    CompletableFuture<Void> _ =
        end.completeOnTimeout(now, most, TimeUnit.NANOSECONDS)
            .thenAccept(operation -> answer(operations, call, caller, operation));
  }

  private static void answer(
      Operations operations,
      ServerCallStreamObserver<Operation> call,
      Caller caller,
      Operation operation) {
    if (call.isCancelled()) {
      return;
    }
    // After a timeout it is further than it was when the wait began.
    Operation latest = operation.getDone() ? null : operations.get(caller, operation.getName());
    call.onNext(latest == null ? operation : latest);
    call.onCompleted();
  }
}
