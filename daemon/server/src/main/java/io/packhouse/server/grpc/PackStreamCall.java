package io.packhouse.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.packhouse.engine.pack.PackException;
import io.packhouse.server.access.Caller;
import io.packhouse.server.archive.StreamPackJob;
import io.packhouse.server.job.Operations;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.Progress;
import io.packhouse.v1.StreamWindow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call of PackStream. Messages arrive on the call's executor; the job takes them on its own
 * threads, and sends through here.
 */
final class PackStreamCall implements StreamObserver<PackStreamRequest> {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final long PROGRESS_NANOS = 200_000_000;

  /** Makes the job of a request, which fails where the request is wrong. */
  interface Jobs {
    StreamPackJob job(PackStreamStart start, PackStreamSource source, PackStreamCall call)
        throws Exception;
  }

  private final Operations operations;
  private final Jobs jobs;
  private final Duration patience;
  private final ServerCallStreamObserver<PackStreamResponse> call;
  private final PackStreamSource source;
  private final Caller caller = Caller.current();

  @GuardedBy("this")
  private @Nullable String operation;

  @GuardedBy("this")
  private boolean begun;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private long progressNanos;

  /**
   * @param patience how long the client may take to answer a question
   */
  PackStreamCall(
      Operations operations,
      Jobs jobs,
      Duration patience,
      StreamObserver<PackStreamResponse> observer) {
    this.operations = operations;
    this.patience = patience;
    this.jobs = jobs;
    this.call = (ServerCallStreamObserver<PackStreamResponse>) observer;
    this.source = new PackStreamSource(call);
    call.disableAutoRequest();
    call.setOnCancelHandler(this::cancel);
    call.setOnReadyHandler(this::ready);
    call.request(PackStreamSource.WINDOW);
  }

  private synchronized void ready() {
    notifyAll();
  }

  @Override
  public void onNext(PackStreamRequest message) {
    boolean first;
    synchronized (this) {
      first = !begun;
      begun = true;
    }
    if (!first) {
      source.arrived(message);
      return;
    }
    call.request(1);
    try {
      if (!message.hasStart()) {
        throw Failures.badField("start", "must come first, is " + message.getMessageCase());
      }
      begin(message.getStart());
    } catch (Exception e) {
      fail(e);
    }
  }

  private void begin(PackStreamStart start) throws Exception {
    if (start.getAnswersQuestions()) {
      source.answering(
          new SiblingQuestions(this::tell, call::isReady, patience),
          bytes ->
              tell(
                  PackStreamResponse.newBuilder()
                      .setWindow(StreamWindow.newBuilder().setBytes(bytes))
                      .build()));
    }
    StreamPackJob job = jobs.job(start, source, this);
    Operation submitted = operations.submit(caller, "", start, start.getPriority(), job);
    synchronized (this) {
      operation = submitted.getName();
    }
    CompletableFuture<Operation> end = operations.ending(caller, submitted.getName());
    if (end != null) {
      CompletableFuture<Void> _ = end.thenAccept(this::ended);
    }
    if (call.isCancelled()) {
      cancel();
    }
  }

  private synchronized void fail(Exception e) {
    if (!closed) {
      closed = true;
      call.onError(Failures.status(e));
    }
  }

  private synchronized void ended(Operation end) {
    if (closed || call.isCancelled()) {
      return;
    }
    closed = true;
    if (end.hasError()) {
      call.onError(StatusProto.toStatusRuntimeException(end.getError()));
      return;
    }
    try {
      Any response = end.getResponse();
      call.onNext(
          PackStreamResponse.newBuilder()
              .setReport(response.unpack(PackArchiveResponse.class))
              .build());
      call.onCompleted();
    } catch (InvalidProtocolBufferException e) {
      call.onError(Failures.status(e));
    }
  }

  @Override
  public void onError(Throwable t) {
    cancel();
  }

  @Override
  public void onCompleted() {
    source.failed(
        new PackException(
            PackException.Reason.INPUT, "the stream ended without its finish, or an answer", null));
    synchronized (this) {
      if (begun) {
        return;
      }
    }
    fail(Failures.badField("start", "must come first, and nothing came"));
  }

  private void cancel() {
    source.cancel();
    String name;
    synchronized (this) {
      notifyAll();
      name = operation;
    }
    if (name != null) {
      operations.cancel(caller, name);
    }
  }

  /** Tells the client how far the pack is, unless it was told of late or is slow to listen. */
  synchronized void progress(Progress progress) {
    long now = System.nanoTime();
    if (closed || now - progressNanos < PROGRESS_NANOS || !call.isReady()) {
      return;
    }
    progressNanos = now;
    call.onNext(PackStreamResponse.newBuilder().setProgress(progress).build());
  }

  /** Tells the client what is short and must not wait; there is little of it at a time. */
  private synchronized void tell(PackStreamResponse message) {
    if (!closed && !call.isCancelled()) {
      call.onNext(message);
    }
  }

  /** Takes the archive, and waits while the client takes no more. */
  WritableByteChannel archiveChannel() {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        while (bytes.hasRemaining()) {
          byte[] chunk = new byte[Math.min(CHUNK_BYTES, bytes.remaining())];
          bytes.get(chunk);
          send(
              PackStreamResponse.newBuilder()
                  .setData(UnsafeByteOperations.unsafeWrap(chunk))
                  .build());
        }
        return length;
      }

      @Override
      public boolean isOpen() {
        return !call.isCancelled();
      }

      @Override
      public void close() {}
    };
  }

  private synchronized void send(PackStreamResponse message) throws IOException {
    while (!call.isReady() && !call.isCancelled()) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the client took no more", e);
      }
    }
    if (closed || call.isCancelled()) {
      ClosedChannelException gone = new ClosedChannelException();
      gone.initCause(new CancellationException("the client is gone"));
      throw gone;
    }
    call.onNext(message);
  }
}
