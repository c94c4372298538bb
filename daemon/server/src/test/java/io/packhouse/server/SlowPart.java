package io.packhouse.server;

import io.grpc.BindableService;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.v1.EntryServiceGrpc;
import io.packhouse.v1.StatEntriesRequest;
import io.packhouse.v1.StatEntriesResponse;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A part whose calls end when the test says so, and which has as many jobs as the test says. */
final class SlowPart implements Part {
  final AtomicLong jobs = new AtomicLong();
  final AtomicInteger cancelledCalls = new AtomicInteger();
  final BlockingQueue<String> callers = new LinkedBlockingQueue<>();
  private final BlockingQueue<StreamObserver<StatEntriesResponse>> waiting =
      new LinkedBlockingQueue<>();

  @Override
  public List<BindableService> services() {
    return List.of(
        new EntryServiceGrpc.EntryServiceImplBase() {
          @Override
          public void statEntries(
              StatEntriesRequest request, StreamObserver<StatEntriesResponse> observer) {
            ((ServerCallStreamObserver<StatEntriesResponse>) observer)
                .setOnCancelHandler(cancelledCalls::incrementAndGet);
            callers.add(Caller.current().id());
            waiting.add(observer);
          }
        });
  }

  /** Ends the call that waits longest; waits for one. */
  void answerOne() throws InterruptedException {
    StreamObserver<StatEntriesResponse> observer = waiting.poll(20, TimeUnit.SECONDS);
    observer.onNext(StatEntriesResponse.getDefaultInstance());
    observer.onCompleted();
  }

  /** Waits until a call has come in. */
  String awaitCaller() throws InterruptedException {
    return callers.poll(20, TimeUnit.SECONDS);
  }

  @Override
  public long underWay() {
    return jobs.get();
  }

  @Override
  public void cancel() {
    jobs.set(0);
  }

  @Override
  public void close() {}
}
