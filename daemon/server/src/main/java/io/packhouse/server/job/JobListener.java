package io.packhouse.server.job;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import java.time.Duration;

/** Is told of each operation that has ended, by the thread that ran it. Thread-safe. */
@FunctionalInterface
public interface JobListener {
  /**
   * An operation that has ended.
   *
   * @param name {@code operations/ID}
   * @param verb as {@link Job#verb}
   * @param archive as {@link Job#archive}
   * @param owner the caller's id
   * @param code OK, CANCELLED, or what went wrong
   * @param message what went wrong; empty if it is OK
   * @param waited from its submission to its start, or to its end if it never began
   * @param ran from its start to its end
   * @param response empty unless it is OK
   */
  record Ended(
      String name,
      String verb,
      String archive,
      String owner,
      Code code,
      String message,
      Duration waited,
      Duration ran,
      Any response) {}

  void ended(Ended job);

  /** Tells both. */
  default JobListener and(JobListener other) {
    return job -> {
      ended(job);
      other.ended(job);
    };
  }
}
