package io.packhouse.server.flight.sql;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.grpc.Failures;
import io.packhouse.sql.StatementPlan;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The prepared statements of all callers. They are few and small, go when they were not used for an
 * hour, and exist for their own caller only; a handle is no credential. A caller that has its most
 * loses the one that it used least recently, since drivers forget to close them; where all callers
 * together have the most, no more are taken. Thread-safe.
 */
final class PreparedStatements {
  static final Duration LIFETIME = Duration.ofHours(1);
  static final int MAX_OF_A_CALLER = 128;
  static final int MAX = 4_096;

  /** Of texts, schemas and parameters. */
  static final long MAX_BYTES_OF_A_CALLER = 16L << 20;

  static final long MAX_BYTES = 64L << 20;

  private static final int HANDLE_BYTES = 24;

  /**
   * A statement.
   *
   * @param parameters that are bound to it: an Arrow IPC stream of one row; of no bytes for none
   */
  @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
  record Prepared(String caller, String sql, StatementPlan plan, byte[] parameters, Instant used) {
    private long bytes() {
      return 2L * sql.length()
          + plan.columns().length
          + plan.parameters().length
          + parameters.length;
    }

    private Prepared with(byte[] bound, Instant now) {
      return new Prepared(caller, sql, plan, bound, now);
    }
  }

  private final SecureRandom random = new SecureRandom();
  private final Clock clock;

  /** Least recently used first. Guarded by this. */
  private final Map<ByteString, Prepared> byHandle = new LinkedHashMap<>(16, 0.75f, true);

  PreparedStatements(Clock clock) {
    this.clock = clock;
  }

  /**
   * Keeps a statement, and gives its handle.
   *
   * @throws StatusRuntimeException RESOURCE_EXHAUSTED if all callers together have too many
   */
  synchronized ByteString add(String caller, String sql, StatementPlan plan) {
    Instant now = clock.instant();
    byHandle.values().removeIf(prepared -> prepared.used().plus(LIFETIME).isBefore(now));
    Prepared prepared = new Prepared(caller, sql, plan, new byte[0], now);
    makeRoom(prepared, MAX_OF_A_CALLER - 1);
    byte[] handle = new byte[HANDLE_BYTES];
    random.nextBytes(handle);
    ByteString name = ByteString.copyFrom(handle);
    byHandle.put(name, prepared);
    return name;
  }

  /** Forgets what the caller of a statement used least recently, until there is room for it. */
  private void makeRoom(Prepared wanted, int most) {
    int count = 0;
    long own = wanted.bytes();
    long all = wanted.bytes();
    for (Prepared other : byHandle.values()) {
      boolean isOwn = other.caller().equals(wanted.caller());
      count += isOwn ? 1 : 0;
      own += isOwn ? other.bytes() : 0;
      all += other.bytes();
    }
    Iterator<Prepared> oldest = byHandle.values().iterator();
    while ((count > most || own > MAX_BYTES_OF_A_CALLER) && oldest.hasNext()) {
      Prepared other = oldest.next();
      if (other.caller().equals(wanted.caller())) {
        oldest.remove();
        count--;
        own -= other.bytes();
        all -= other.bytes();
      }
    }
    if (byHandle.size() >= MAX || all > MAX_BYTES) {
      throw Failures.of(
          Code.RESOURCE_EXHAUSTED,
          "PREPARED_STATEMENTS",
          "there are too many prepared statements: close some, or try again later");
    }
  }

  /**
   * A caller's statement.
   *
   * @throws StatusRuntimeException NOT_FOUND if the caller has none of this handle
   */
  synchronized Prepared find(ByteString handle, String caller) {
    Prepared prepared = own(handle, caller);
    byHandle.put(handle, prepared.with(prepared.parameters(), clock.instant()));
    return prepared;
  }

  /** Binds parameters in place of those that were. */
  synchronized void bind(ByteString handle, String caller, byte[] parameters) {
    Prepared before = own(handle, caller);
    Prepared bound = before.with(parameters, clock.instant());
    byHandle.remove(handle);
    try {
      makeRoom(bound, MAX_OF_A_CALLER - 1);
    } catch (StatusRuntimeException e) {
      byHandle.put(handle, before);
      throw e;
    }
    byHandle.put(handle, bound);
  }

  /** Forgets a statement, if the caller has it. */
  synchronized void close(ByteString handle, String caller) {
    Prepared prepared = byHandle.get(handle);
    if (prepared != null && prepared.caller().equals(caller)) {
      byHandle.remove(handle);
    }
  }

  private Prepared own(ByteString handle, String caller) {
    Prepared prepared = byHandle.get(handle);
    if (prepared == null
        || !prepared.caller().equals(caller)
        || prepared.used().plus(LIFETIME).isBefore(clock.instant())) {
      throw Failures.of(
          Code.NOT_FOUND,
          "PREPARED_STATEMENT_NOT_FOUND",
          "there is no such prepared statement: it was closed, or not used for an hour");
    }
    return prepared;
  }
}
