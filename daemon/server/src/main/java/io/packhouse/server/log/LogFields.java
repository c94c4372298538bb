package io.packhouse.server.log;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * What a line of the log is about, beside its text; null where it is about none. Given as the last
 * parameter of a message, or else told by what runs: a job or a call.
 *
 * @param operation {@code operations/ID}
 * @param caller the caller's id
 * @param method a full name, or the verb of a job
 * @param archive its name in the catalog
 */
public record LogFields(
    @Nullable String operation,
    @Nullable String caller,
    @Nullable String method,
    @Nullable String archive) {
  /** Of the job that the thread runs. */
  public static final ScopedValue<LogFields> OF_JOB = ScopedValue.newInstance();

  /** Of the call under way. */
  public static final Context.Key<LogFields> OF_CALL = Context.key("packhouse-log");

  public static LogFields ofCall(String caller, String method) {
    return new LogFields(null, caller, method, null);
  }

  /** Those of what the thread does; null where it does nothing for anybody. */
  static @Nullable LogFields current() {
    return OF_JOB.isBound() ? OF_JOB.get() : OF_CALL.get();
  }
}
