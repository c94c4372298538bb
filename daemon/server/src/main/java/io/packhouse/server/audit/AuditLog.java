package io.packhouse.server.audit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.server.access.Refusal;
import io.packhouse.server.access.RefusalListener;
import io.packhouse.server.audit.AuditEvent.Kind;
import io.packhouse.server.job.JobListener;
import io.packhouse.server.log.LogFields;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Notes who does what: in a file of its own, or in the log, which has refusals and operations
 * anyway. Thread-safe.
 */
public final class AuditLog implements RefusalListener, JobListener, Closeable {
  private static final System.Logger LOG = System.getLogger("io.packhouse.audit");

  private final Clock clock;
  private volatile AuditSettings settings;

  @GuardedBy("this")
  private @Nullable AuditFile file;

  /**
   * Begins it.
   *
   * @throws IOException if the file cannot be written
   */
  public AuditLog(AuditSettings settings, Clock clock) throws IOException {
    this.clock = clock;
    this.settings = settings;
    this.file = open(settings);
  }

  private static @Nullable AuditFile open(AuditSettings settings) throws IOException {
    Path path = settings.file();
    return settings.enabled() && path != null ? new AuditFile(path) : null;
  }

  /**
   * Goes by other settings, and opens the file anew, so that one that was moved away is let go.
   *
   * @throws IOException if the file cannot be written; then all stays as it was
   */
  public synchronized void use(AuditSettings other) throws IOException {
    AuditFile next = open(other);
    close();
    file = next;
    settings = other;
  }

  /** Whether a method's calls are noted. */
  boolean notes(boolean changes) {
    AuditSettings now = settings;
    return now.enabled() && (changes || now.reads());
  }

  /** Adds it to the file; false if there is none. */
  private synchronized boolean add(AuditEvent event) {
    if (file == null) {
      return false;
    }
    file.add(event.json(clock.instant()));
    return true;
  }

  void called(AuditEvent event) {
    // An operation that was begun has its own line in the log when it ends.
    boolean begun = !event.operation().isEmpty() && event.result().equals("OK");
    if (!add(event) && !begun) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} {1}{2}: {3}",
          event.caller(),
          event.action(),
          event.archive().isEmpty() ? "" : " " + event.archive(),
          event.result(),
          new LogFields(
              known(event.operation()), event.caller(), event.action(), known(event.archive())));
    }
  }

  private static @Nullable String known(String text) {
    return text.isEmpty() ? null : text;
  }

  @Override
  public void refused(String who, String method, Refusal refusal) {
    add(
        new AuditEvent(
            Kind.REFUSAL, who, method, "", "", refusal.code().name(), refusal.reason(), 0));
  }

  @Override
  public void ended(Ended job) {
    add(
        new AuditEvent(
            Kind.OPERATION,
            job.owner(),
            job.verb(),
            job.archive(),
            job.name(),
            job.code().name(),
            "",
            job.ran().toMillis()));
  }

  @Override
  public synchronized void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
