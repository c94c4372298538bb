package io.packhouse.extraction.archive;

import java.io.IOException;

/** Closes decoders, of whose failures to close nothing depends. */
final class Closing {

  private Closing() {}

  /** Closes; what it throws is of no use to anyone, since nothing is written. */
  static void quietly(AutoCloseable decoder) {
    try {
      decoder.close();
    } catch (IOException | RuntimeException e) {
      // All bytes that are wanted were read.
    } catch (Exception e) {
      throw new IllegalStateException("no other checked exception is declared", e);
    }
  }
}
