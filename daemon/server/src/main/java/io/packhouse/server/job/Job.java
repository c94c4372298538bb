package io.packhouse.server.job;

import com.google.protobuf.Message;

/** Work that takes long. Runs once, on a thread of its own. */
public interface Job {
  /** What is being done: {@code pack}, {@code extract}, {@code verify}, {@code diff}. */
  String verb();

  /** The archive that it is about, or the left one of two. */
  String archive();

  /** Memory that it needs to work in, in bytes: it waits until so much is free. */
  long memoryBytes();

  /**
   * Does it.
   *
   * @return the response of the operation
   * @throws Exception whatever went wrong; {@code Failures} makes it the operation's status
   */
  Message run(JobContext context) throws Exception;
}
