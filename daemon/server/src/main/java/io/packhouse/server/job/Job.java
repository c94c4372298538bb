package io.packhouse.server.job;

import com.google.protobuf.Message;

/** Work that takes long. Runs once, on a thread of its own. */
public interface Job {
  /** What is being done: {@code pack}, {@code extract}, {@code verify}, {@code diff}. */
  String verb();

  /** The archive that it is about, or the left one of two. */
  String archive();

  /** Memory that it needs to begin with, in bytes: it waits until so much is free. */
  long memoryBytes();

  /** Most that it may {@linkplain JobContext#grow ask for} beside these while it runs, in bytes. */
  default long growthBytes() {
    return 0;
  }

  /**
   * Whether it writes {@link #archive()}, beside which something may be left over if the daemon
   * dies meanwhile.
   */
  default boolean writesArchive() {
    return false;
  }

  /**
   * Does it.
   *
   * @return the response of the operation
   * @throws Exception whatever went wrong, which becomes the operation's error
   */
  Message run(JobContext context) throws Exception;
}
