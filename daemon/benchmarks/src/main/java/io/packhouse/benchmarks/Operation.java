package io.packhouse.benchmarks;

/** What contenders are timed at, in the order in which a round runs it. */
enum Operation {
  PACK("pack"),
  EXTRACT("extract"),
  /** One file of medium size, by its path, to standard output. */
  ONE_FILE("one file"),
  /** What the archive says of itself as a whole; for formats that have such a thing. */
  OPEN("open"),
  /** The paths of all entries. */
  LIST("list"),
  /** Checks all that is stored against the digests or checksums that the format has. */
  VERIFY("verify");

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
