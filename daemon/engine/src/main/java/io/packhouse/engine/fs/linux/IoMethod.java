package io.packhouse.engine.fs.linux;

import io.packhouse.engine.fs.FileAccess;
import org.jspecify.annotations.Nullable;

/** The ways to read batches that {@link FileAccess#IO_PROPERTY} names. */
enum IoMethod {
  AUTO,
  RING,
  PLAIN;

  /** Not a switch on strings, which would cost more than this during start-up. */
  static IoMethod ofProperty(@Nullable String value) {
    if (value == null || value.equals("auto")) {
      return AUTO;
    }
    if (value.equals("ring")) {
      return RING;
    }
    if (value.equals("plain")) {
      return PLAIN;
    }
    throw new IllegalArgumentException(
        FileAccess.IO_PROPERTY
            + " must be ring, plain or auto, "
            + FileAccess.IO_PROPERTY
            + "="
            + value);
  }
}
