package io.packhouse.engine.read;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Takes contents, chunk by chunk, in order. */
@FunctionalInterface
public interface ContentConsumer {
  /**
   * Takes the next bytes.
   *
   * @param chunk read-only, off-heap, at least one byte; valid until this call returns, so copy
   *     what is to be kept
   * @throws IOException if the bytes cannot be taken; the read ends with it
   */
  void accept(MemorySegment chunk) throws IOException;
}
