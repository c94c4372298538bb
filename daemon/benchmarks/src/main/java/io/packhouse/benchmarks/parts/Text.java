package io.packhouse.benchmarks.parts;

import io.packhouse.benchmarks.SyntheticTree;
import java.util.SplittableRandom;

/** Text to hash and compress. */
final class Text {
  private Text() {}

  /** The same {@code length} bytes each time. */
  static byte[] of(int length) {
    return new SyntheticTree().contents(new SplittableRandom(7), length);
  }
}
