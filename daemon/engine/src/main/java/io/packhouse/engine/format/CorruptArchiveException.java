package io.packhouse.engine.format;

import java.io.IOException;
import java.nio.file.Path;

/** An archive is damaged, or is no archive: names the file, the offset and what is wrong there. */
public final class CorruptArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;
  private final String problem;

  /**
   * @param offset in bytes, of the damaged part; −1 where no single offset is to blame
   * @param problem what is wrong, without path and offset
   */
  public CorruptArchiveException(Path path, long offset, String problem) {
    super(path + (offset < 0 ? "" : " at offset " + offset) + ": " + problem);
    this.offset = offset;
    this.problem = problem;
  }

  /** Says that {@code what} should be {@code expected} and is {@code actual}. */
  public CorruptArchiveException(
      Path path, long offset, String what, Object expected, Object actual) {
    this(path, offset, what + ": expected " + expected + ", found " + actual);
  }

  /** Offset in bytes of the damaged part; −1 where no single offset is to blame. */
  public long offset() {
    return offset;
  }

  /** What is wrong, without path and offset. */
  public String problem() {
    return problem;
  }
}
