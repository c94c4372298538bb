package io.packhouse.engine.restore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.restore.RestoreException.Reason;
import io.packhouse.engine.restore.RestoreReport.Kind;
import io.packhouse.engine.restore.RestoreReport.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is restored and what is not, and decides whether the restore goes on. Thread-safe.
 */
final class Tally {
  private static final int MAX_PROBLEMS = 1_000;

  private final boolean keepGoing;
  private final AtomicLongArray restored = new AtomicLongArray(EntryType.values().length);
  private final AtomicLongArray problemCounts = new AtomicLongArray(Kind.values().length);
  final AtomicLong bytes = new AtomicLong();

  /** Of a file that a worker is at; empty where there is none yet. Kept, never changed. */
  volatile byte[] current = new byte[0];

  @GuardedBy("this")
  private final List<Problem> problems = new ArrayList<>();

  /** Paths of what is not restored, so that no hard link to it is made. */
  @GuardedBy("this")
  private final Set<String> missing = new HashSet<>();

  private volatile @Nullable Throwable stop;
  private volatile @Nullable Reason reason;

  Tally(boolean keepGoing) {
    this.keepGoing = keepGoing;
  }

  void restored(EntryType type, long length) {
    restored.incrementAndGet(type.ordinal());
    bytes.addAndGet(length);
  }

  long count(EntryType type) {
    return restored.get(type.ordinal());
  }

  long entries() {
    long sum = 0;
    for (int i = 0; i < restored.length(); i++) {
      sum += restored.get(i);
    }
    return sum;
  }

  /** Notes a problem that never stops the restore. */
  void problem(Kind kind, Entry entry, String text) {
    problem(kind, entry.pathBytes(), text);
  }

  void problem(Kind kind, byte[] path, String text) {
    problemCounts.incrementAndGet(kind.ordinal());
    synchronized (this) {
      if (problems.size() < MAX_PROBLEMS) {
        problems.add(new Problem(kind, PathText.display(path), text));
      }
      if (kind != Kind.ATTRIBUTE) {
        missing.add(Selection.key(path));
      }
    }
  }

  /** Notes that an entry breaks a rule of the format; stops unless told to keep going. */
  void damaged(byte[] path, String text) {
    problem(Kind.DAMAGED, path, text);
    stopAt(Reason.DAMAGED, path, text, null);
  }

  /** Notes that an entry is not restored; stops unless told to keep going. */
  void failed(byte[] path, IOException e) {
    boolean damage = e instanceof CorruptArchiveException;
    String text = text(e);
    problem(damage ? Kind.DAMAGED : Kind.FAILED, path, text);
    if (e instanceof FileErrorException error && error.isNoSpace()) {
      stop(Reason.ENTRY, e);
    } else {
      stopAt(damage ? Reason.DAMAGED : Reason.ENTRY, path, text, e);
    }
  }

  static String text(IOException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  private void stopAt(Reason why, byte[] path, String text, @Nullable IOException cause) {
    if (!keepGoing) {
      boolean named =
          cause instanceof CorruptArchiveException
              || cause instanceof UnsupportedFormatException
              || cause instanceof FileErrorException;
      String message = named ? text : PathText.display(path) + ": " + text;
      stop(why, new IOException(message, cause));
    }
  }

  /** Makes the restore stop; the first reason counts. */
  @SuppressWarnings("ReferenceEquality") // a failure cannot be suppressed onto itself
  synchronized void stop(Reason why, Throwable cause) {
    Throwable first = stop;
    if (first == null) {
      reason = why;
      stop = cause;
    } else if (first != cause && why != Reason.CANCELLED && first.getSuppressed().length < 8) {
      first.addSuppressed(cause);
    }
  }

  String currentPath() {
    byte[] path = current;
    return path.length == 0 ? "" : PathText.display(path);
  }

  boolean isStopped() {
    return stop != null;
  }

  @Nullable Throwable stopCause() {
    return stop;
  }

  Reason stopReason() {
    Reason why = reason;
    return why == null ? Reason.ENTRY : why;
  }

  synchronized boolean isMissing(byte[] path) {
    return missing.contains(Selection.key(path));
  }

  long problemCount() {
    long sum = 0;
    for (int i = 0; i < problemCounts.length(); i++) {
      sum += problemCounts.get(i);
    }
    return sum;
  }

  synchronized RestoreReport report(String id, long wallNanos) {
    return new RestoreReport(
        id,
        count(EntryType.FILE),
        count(EntryType.DIRECTORY),
        count(EntryType.SYMLINK),
        count(EntryType.HARDLINK),
        count(EntryType.FIFO) + count(EntryType.CHAR_DEVICE) + count(EntryType.BLOCK_DEVICE),
        bytes.get(),
        problems,
        problemCounts.get(Kind.DAMAGED.ordinal()),
        problemCounts.get(Kind.FAILED.ordinal()),
        problemCounts.get(Kind.NOT_IN_ARCHIVE.ordinal()),
        problemCounts.get(Kind.SKIPPED.ordinal()),
        problemCounts.get(Kind.ATTRIBUTE.ordinal()),
        wallNanos);
  }
}
