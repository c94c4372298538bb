package io.packhouse.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.SiblingSource;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.pack.PackException;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.SiblingAnswer;
import io.packhouse.v1.SiblingQuestion;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the client of a PackStream for files of its trees. Each thread that asks waits for its
 * answer, so that no more questions are open than a pack has workers. Thread-safe.
 */
final class SiblingQuestions implements SiblingSource {
  private static final int MAX_PROBLEM_LENGTH = 200;

  /** How often one that waits looks whether the client takes what it is sent. */
  private static final long LOOK_MILLIS = 1_000;

  private final Consumer<PackStreamResponse> sender;
  private final BooleanSupplier listening;
  private final Duration patience;

  /** Open questions by number, with their answers once there are any. */
  @GuardedBy("this")
  private final Map<Long, @Nullable SiblingAnswer> open = new HashMap<>();

  @GuardedBy("this")
  private long last;

  @GuardedBy("this")
  private @Nullable IOException failure;

  /**
   * @param sender does not wait
   * @param listening whether the client takes what it is sent: else it may not have seen a question
   * @param patience how long it may take to answer
   */
  SiblingQuestions(
      Consumer<PackStreamResponse> sender, BooleanSupplier listening, Duration patience) {
    this.sender = sender;
    this.listening = listening;
    this.patience = patience;
  }

  @Override
  public Answer read(String path, long offset, int length, long largest) throws IOException {
    SiblingQuestion.Builder question =
        SiblingQuestion.newBuilder().setOffset(offset).setLength(length).setLargest(largest);
    SiblingAnswer answer = ask(path, question);
    long size = answer.getSize();
    long expected = size > largest ? 0 : Math.clamp(size - offset, 0, length);
    return check(path, answer, expected);
  }

  @Override
  public Answer digest(String path, DigestAlgorithm algorithm, long largest) throws IOException {
    SiblingQuestion.Builder question =
        SiblingQuestion.newBuilder().setDigest(algorithm.label()).setLargest(largest);
    SiblingAnswer answer = ask(path, question);
    return check(path, answer, answer.getSize() > largest ? 0 : algorithm.length());
  }

  /**
   * An answer has come.
   *
   * @return what is wrong with it; null for nothing
   */
  synchronized @Nullable String answered(SiblingAnswer answer) {
    long number = answer.getNumber();
    if (!open.containsKey(number) || open.get(number) != null) {
      return "the client answered question " + number + ", which is not open";
    }
    open.put(number, answer);
    notifyAll();
    return null;
  }

  /** There will be no more answers. */
  synchronized void failed(IOException why) {
    if (failure == null) {
      failure = why;
      notifyAll();
    }
  }

  private SiblingAnswer ask(String path, SiblingQuestion.Builder question) throws IOException {
    long number;
    synchronized (this) {
      number = ++last;
      open.put(number, null);
    }
    try {
      sender.accept(
          PackStreamResponse.newBuilder()
              .setQuestion(question.setNumber(number).setPath(ByteString.copyFromUtf8(path)))
              .build());
      return await(number, path);
    } finally {
      synchronized (this) {
        open.remove(number);
      }
    }
  }

  private synchronized SiblingAnswer await(long number, String path) throws IOException {
    long left = patience.toNanos();
    while (true) {
      SiblingAnswer answer = open.get(number);
      if (answer != null) {
        return answer;
      }
      IOException why = failure;
      if (why != null) {
        // A new one for each that waits, with its own trace.
        throw why instanceof PackException wrong
            ? new PackException(wrong.reason(), String.valueOf(wrong.getMessage()), wrong)
            : new IOException("not told of " + display(path), why);
      }
      if (left <= 0) {
        throw problem(
            path, "no answer came in " + patience.toSeconds() + " s from a client that answers");
      }
      long start = System.nanoTime();
      try {
        wait(Math.clamp(left / 1_000_000, 1, LOOK_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted while asking");
        interrupted.initCause(e);
        throw interrupted;
      }
      if (listening.getAsBoolean()) {
        left -= System.nanoTime() - start;
      }
    }
  }

  private static Answer check(String path, SiblingAnswer answer, long expected)
      throws PackException {
    return switch (answer.getOutcome()) {
      case OUTCOME_FILE -> {
        ByteString data = answer.getData();
        if (answer.getSize() < 0 || data.size() != expected) {
          throw problem(
              path,
              "the client told of "
                  + answer.getSize()
                  + " bytes and sent "
                  + data.size()
                  + ", "
                  + expected
                  + " were asked for");
        }
        yield new Found(answer.getSize(), data.asReadOnlyByteBuffer().slice());
      }
      case OUTCOME_ABSENT -> Nothing.ABSENT;
      case OUTCOME_WITHHELD -> Nothing.WITHHELD;
      case OUTCOME_UNREADABLE -> new Unreadable(line(answer.getProblem()));
      case OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
          throw problem(path, "the client's answer is " + answer.getOutcome());
    };
  }

  /** What goes into the archive: short, and nothing that a terminal would obey. */
  private static String line(String problem) {
    String text = problem.substring(0, Math.min(problem.length(), MAX_PROBLEM_LENGTH));
    return display(text.isEmpty() ? "cannot be read" : text);
  }

  private static String display(String text) {
    return PathText.display(text.getBytes(StandardCharsets.UTF_8));
  }

  private static PackException problem(String path, String text) {
    return new PackException(
        PackException.Reason.INPUT, "asked for " + display(path) + ": " + text, null);
  }
}
