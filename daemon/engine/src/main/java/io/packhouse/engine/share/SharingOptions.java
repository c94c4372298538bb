package io.packhouse.engine.share;

/**
 * Whether and how a pack shares parts of files.
 *
 * @param mode what is looked at
 * @param memoryBytes for the table of anchors and the window together, beside the other buffers of
 *     a pack; the archive's bytes depend on it
 */
public record SharingOptions(Mode mode, long memoryBytes) {
  /** What is looked at. */
  public enum Mode {
    /** What does not compress well, of kinds of files that turn out to share enough. */
    AUTO,
    /** All but the smallest files. */
    ON,
    /** Nothing. */
    OFF
  }

  public static final long DEFAULT_MEMORY = 112L << 20;

  public static final long LEAST_MEMORY = 16L << 20;

  public static final long MOST_MEMORY = 1L << 30;

  /**
   * The table takes one part in this many: room for twice the anchors of packages in the window.
   */
  private static final int TABLE_SHARE = 14;

  /** Of the heap, which has not much more. */
  private static final long MOST_TABLE = 32L << 20;

  /** As much as is needed to match anything. */
  private static final int LEAST_SLOTS = 2;

  private static final int MOST_SLOTS = 1 << 12;

  public static final SharingOptions DEFAULT = new SharingOptions(Mode.AUTO, DEFAULT_MEMORY);

  public static final SharingOptions OFF = new SharingOptions(Mode.OFF, DEFAULT_MEMORY);

  public SharingOptions {
    if (memoryBytes < LEAST_MEMORY || memoryBytes > MOST_MEMORY) {
      throw new IllegalArgumentException(
          "memory for sharing must be 16 MiB to 1 GiB, is " + memoryBytes + " bytes");
    }
  }

  public boolean isOff() {
    return mode == Mode.OFF;
  }

  /**
   * The same in less memory, whole MiB, where there is no more than {@code bytes}; off where that
   * is too little to find anything.
   */
  public SharingOptions within(long bytes) {
    if (isOff() || bytes >= memoryBytes) {
      return this;
    }
    return bytes < LEAST_MEMORY ? OFF : new SharingOptions(mode, bytes >> 20 << 20);
  }

  /** Bytes of the table of anchors, at most; none where nothing is shared. */
  public long tableBytes() {
    return isOff() ? 0 : Math.min(memoryBytes / TABLE_SHARE, MOST_TABLE);
  }

  /** How many slots of this length the window has; none where nothing is shared. */
  public int windowSlots(long slotLength) {
    return isOff()
        ? 0
        : Math.clamp((memoryBytes - tableBytes()) / slotLength, LEAST_SLOTS, MOST_SLOTS);
  }
}
