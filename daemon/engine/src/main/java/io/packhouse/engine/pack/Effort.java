package io.packhouse.engine.pack;

/** How hard to try to compress contents, told from the contents alone. */
enum Effort {
  /** They do not shrink: store them. */
  NONE,

  /**
   * They shrink a little, as packages that are compressed inside do: what there is to gain, a fast
   * level finds as well.
   */
  FAST,

  /** They shrink well: the level that was asked for. */
  FULL;

  /** Levels from which on size is what was asked for, whatever it costs. */
  private static final int PATIENT_LEVEL = 10;

  private static final int THOROUGH_LEVEL = 4;

  /** The zstd level of this effort where {@code level} was asked for. */
  int level(int level) {
    return switch (this) {
      case NONE -> throw new IllegalStateException("stored contents have no level");
      case FAST -> level >= PATIENT_LEVEL ? level : level >= THOROUGH_LEVEL ? 3 : 1;
      case FULL -> level;
    };
  }
}
