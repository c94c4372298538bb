package io.packhouse.remote;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.UnsafeByteOperations;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.remote.SiblingAnswers.WrongQuestionException;
import io.packhouse.v1.EntryType;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamFinish;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.Progress;
import io.packhouse.v1.SiblingQuestion;
import io.packhouse.v1.StreamEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of PackStream. The thread that calls sends, as fast as the daemon takes it; another one
 * takes what comes back, so that neither side waits for the other; and a third one answers what the
 * daemon asks of the trees, in between what the first one sends.
 */
final class TreeSending {
  private static final int CHUNK_BYTES = 256 << 10;

  /** What may be sent until the daemon tells of more. */
  private static final long FIRST_WINDOW_BYTES = 4L << 20;

  /** What each message counts for it beside its length. */
  private static final int MESSAGE_BYTES = 512;

  /** Questions of the daemon that may wait: it may have as many open. */
  private static final int MOST_QUESTIONS = 1_024;

  private final BlockingClientCall<PackStreamRequest, PackStreamResponse> call;
  private final @Nullable WritableByteChannel out;
  private final Consumer<Progress> progress;
  private final BlockingQueue<SiblingQuestion> questions = new ArrayBlockingQueue<>(MOST_QUESTIONS);

  /** Whoever sends has it; in turn, so that an answer waits for one message at most. */
  private final ReentrantLock sending = new ReentrantLock(true);

  private long entries;
  private long sent;

  @GuardedBy("this")
  private long window = FIRST_WINDOW_BYTES;

  @GuardedBy("this")
  private boolean over;

  @GuardedBy("this")
  private @Nullable PackArchiveResponse report;

  @GuardedBy("this")
  private @Nullable IOException failure;

  TreeSending(
      BlockingClientCall<PackStreamRequest, PackStreamResponse> call,
      @Nullable WritableByteChannel out,
      Consumer<Progress> progress) {
    this.call = call;
    this.out = out;
    this.progress = progress;
  }

  /** The daemon has ended the call; why, the thread that takes knows. */
  private static final class EndedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Sends the trees.
   *
   * @param answers of what the daemon asks; null where there are none
   */
  PackArchiveResponse run(
      List<LocalTree> trees,
      PackStreamStart start,
      TreeOptions options,
      @Nullable SiblingAnswers answers)
      throws IOException, InterruptedException {
    if (answers == null) {
      synchronized (this) {
        window = Long.MAX_VALUE;
      }
    }
    Thread taking = Thread.ofVirtual().name("packhouse-pack-stream").start(() -> take(answers));
    Thread answering =
        answers == null
            ? null
            : Thread.ofVirtual().name("packhouse-answers").start(() -> answer(answers));
    IOException ended = null;
    try {
      PackStreamStart all = start.toBuilder().setAnswersQuestions(answers != null).build();
      write(PackStreamRequest.newBuilder().setStart(all).build());
      new TreeWalk(trees, options, this::entry).walk();
      send(
          PackStreamRequest.newBuilder()
              .setFinish(PackStreamFinish.newBuilder().setEntries(entries)));
      if (answers == null) {
        halfClose();
      }
      taking.join();
    } catch (EndedException e) {
      ended = e;
    } catch (IOException | InterruptedException | RuntimeException e) {
      call.cancel("the tree cannot be sent", e);
      throw e;
    } finally {
      taking.join();
      if (answering != null) {
        answering.interrupt();
        answering.join();
      }
    }
    return result(ended);
  }

  private synchronized PackArchiveResponse result(@Nullable IOException ended) throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (report == null) {
      throw new RemoteException(
          Status.newBuilder()
              .setCode(Code.INTERNAL_VALUE)
              .setMessage("the daemon ended the pack without a report")
              .build(),
          ended);
    }
    return report;
  }

  /** Sends a part of the tree once there is room for it in the daemon's window. */
  private void send(PackStreamRequest.Builder message) throws IOException, InterruptedException {
    PackStreamRequest built = message.build();
    synchronized (this) {
      while (sent >= window && !over) {
        wait();
      }
    }
    sent += MESSAGE_BYTES + built.getSerializedSize();
    write(built);
  }

  private void write(PackStreamRequest message) throws IOException, InterruptedException {
    sending.lockInterruptibly();
    try {
      if (!call.write(message)) {
        throw new EndedException();
      }
    } catch (StatusException | IllegalStateException e) {
      throw ended(e);
    } finally {
      sending.unlock();
    }
  }

  private void halfClose() throws IOException {
    try {
      call.halfClose();
    } catch (IllegalStateException e) {
      throw ended(e);
    }
  }

  /** Also where the thread that takes has cancelled the call: gRPC then calls it a wrong state. */
  private static EndedException ended(Exception cause) {
    EndedException ended = new EndedException();
    ended.initCause(cause);
    return ended;
  }

  private void entry(StreamEntry entry, Path file) throws IOException, InterruptedException {
    if (entry.getType() != EntryType.ENTRY_TYPE_FILE) {
      entries++;
      send(PackStreamRequest.newBuilder().setEntry(entry));
      return;
    }
    // Opened first: what cannot be opened can still be left out.
    try (FileChannel in =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      entries++;
      send(PackStreamRequest.newBuilder().setEntry(entry));
      long left = entry.getSize();
      while (left > 0) {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, left));
        while (chunk.hasRemaining()) {
          if (in.read(chunk) < 0) {
            throw changed(file);
          }
        }
        left -= chunk.flip().remaining();
        send(PackStreamRequest.newBuilder().setData(UnsafeByteOperations.unsafeWrap(chunk)));
      }
      if (in.size() != entry.getSize()) {
        throw changed(file);
      }
    }
  }

  /** Half of it is with the daemon already, so this is no problem that can be left out. */
  private static IOException changed(Path file) {
    return new IOException(file + ": changed while it was sent");
  }

  private void take(@Nullable SiblingAnswers answers) {
    boolean first = true;
    try {
      for (PackStreamResponse next = call.read(); next != null; next = call.read()) {
        if (first && !next.hasWindow()) {
          open(Long.MAX_VALUE); // an older daemon, which has none
        }
        first = false;
        switch (next.getMessageCase()) {
          case DATA -> write(next);
          case PROGRESS -> progress.accept(next.getProgress());
          case REPORT -> reported(next.getReport());
          case WINDOW -> open(next.getWindow().getBytes());
          case QUESTION -> asked(next.getQuestion(), answers != null);
          case MESSAGE_NOT_SET -> {}
        }
      }
    } catch (StatusException e) {
      fail(RemoteException.of(e), null);
    } catch (WrongQuestionException e) {
      fail(e, "wrong question");
    } catch (IOException e) {
      fail(e, "the archive cannot be written");
    } catch (InterruptedException | RuntimeException e) {
      fail(new IOException(e), "cannot go on");
    } finally {
      synchronized (this) {
        over = true;
        notifyAll();
      }
    }
  }

  /** The first failure counts. */
  private void fail(IOException e, @Nullable String cancellation) {
    synchronized (this) {
      if (failure == null) {
        failure = e;
      }
    }
    if (cancellation != null) {
      call.cancel(cancellation, e);
    }
  }

  private synchronized void open(long bytes) {
    window = Math.max(window, bytes);
    notifyAll();
  }

  private void reported(PackArchiveResponse told) {
    synchronized (this) {
      report = told;
    }
    // Nothing more is asked. Whoever sends an answer that nobody waits for ends with the call.
    if (sending.tryLock()) {
      try {
        call.halfClose();
      } catch (IllegalStateException e) {
        // It was done before, after the tree; or the call is cancelled.
      } finally {
        sending.unlock();
      }
    }
  }

  private void asked(SiblingQuestion question, boolean answered) throws WrongQuestionException {
    if (!answered) {
      throw new WrongQuestionException("asks for files of the tree, though nobody said it may");
    }
    if (!questions.offer(question)) {
      throw new WrongQuestionException(
          "asks for more than " + MOST_QUESTIONS + " files of the tree at a time");
    }
  }

  /** Answers until it is interrupted, or the call has ended. */
  private void answer(SiblingAnswers answers) {
    try {
      while (true) {
        write(PackStreamRequest.newBuilder().setAnswer(answers.answer(questions.take())).build());
      }
    } catch (InterruptedException | EndedException e) {
      // Nobody asks any more.
    } catch (WrongQuestionException e) {
      fail(e, "wrong question");
    } catch (IOException | RuntimeException e) {
      fail(e instanceof IOException io ? io : new IOException(e), "cannot answer");
    }
  }

  private void write(PackStreamResponse message) throws IOException {
    WritableByteChannel to = out;
    if (to == null) {
      throw new IOException("the daemon sends an archive that was to stay there");
    }
    for (ByteBuffer bytes : message.getData().asReadOnlyByteBufferList()) {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    }
  }
}
