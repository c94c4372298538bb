package io.packhouse.engine.share;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Tells which files are worth looking at, by the last extension of their names: what came of the
 * files before tells. Of kinds that share next to nothing only one run of files in many is looked
 * at, each long enough to hold several versions of a thing.
 *
 * <p>What {@link Kind#takes} says follows from the order of files alone. {@link Kind#isOpen} is a
 * hint from any thread, for who works ahead.
 */
final class Gate {
  /** Of a kind, this much is looked at before anything is concluded, and each time again. */
  static final long RUN = 8L << 20;

  /**
   * What is not looked at after the first run that shared too little; after each further, twice.
   */
  static final long FIRST_PAUSE = 48L << 20;

  static final long LAST_PAUSE = 768L << 20;

  /** One byte in this many must be shared. */
  static final int LEAST_SHARE = 64;

  /** What was shared once is not held in favour of a kind for longer than this much. */
  static final long MOST_CREDIT = 256L << 20;

  private static final int MAX_KINDS = 1_000;
  private static final int MAX_EXTENSION = 12;

  /** Files of one extension. */
  static final class Kind {
    private final boolean always;
    private volatile boolean open = true;

    /**
     * Bytes that will be looked at yet if none of them are shared; or those not to be looked at.
     */
    private long left = RUN;

    private long pause = FIRST_PAUSE;

    private Kind(boolean always) {
      this.always = always;
    }

    boolean isOpen() {
      return open;
    }

    /** Whether the next file, or slice of one, is to be looked at. The placing's. */
    boolean takes(int length) {
      if (always) {
        return true;
      }
      if (left <= 0) {
        left = open ? pause : RUN;
        pause = open ? Math.min(2 * pause, LAST_PAUSE) : pause;
        open = !open;
      }
      left -= length;
      return open;
    }

    /** Says what came of the file. The placing's. */
    void shared(int bytes) {
      left = Math.min(MOST_CREDIT, left + (long) LEAST_SHARE * bytes);
      pause = bytes > 0 && left > RUN ? FIRST_PAUSE : pause;
    }
  }

  private final boolean always;
  private final ConcurrentMap<String, Kind> kinds = new ConcurrentHashMap<>();
  private final Kind others;

  /**
   * @param always whether all files are looked at
   */
  Gate(boolean always) {
    this.always = always;
    this.others = new Kind(always);
  }

  /** The kind of the file of this path. The placing's, since it makes them in the files' order. */
  Kind kind(byte[] path) {
    String extension = always ? "" : extension(path);
    Kind known = kinds.get(extension);
    if (known != null || always || kinds.size() >= MAX_KINDS) {
      return known == null ? others : known;
    }
    Kind made = new Kind(false);
    kinds.put(extension, made);
    return made;
  }

  /** Whether the file of this path seems worth looking at. */
  boolean isOpen(byte[] path) {
    Kind known = always ? null : kinds.get(extension(path));
    return known == null || known.isOpen();
  }

  private static String extension(byte[] path) {
    int least = Math.max(0, path.length - 1 - MAX_EXTENSION);
    for (int i = path.length - 1; i >= least && path[i] != '/'; i--) {
      if (path[i] == '.') {
        char[] text = new char[path.length - 1 - i];
        for (int j = 0; j < text.length; j++) {
          text[j] = (char) (path[i + 1 + j] & 0xFF);
        }
        return new String(text);
      }
    }
    return "";
  }
}
