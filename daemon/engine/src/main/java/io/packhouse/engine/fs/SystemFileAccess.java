package io.packhouse.engine.fs;

import org.jspecify.annotations.Nullable;

/** Chooses the implementation, once. */
final class SystemFileAccess {

  /** Guarded by the class. */
  private static @Nullable FileAccess chosen;

  private SystemFileAccess() {}

  static synchronized FileAccess instance() {
    FileAccess access = chosen;
    if (access == null) {
      access = choose(System.getProperty(FileAccess.PROPERTY));
      chosen = access;
    }
    return access;
  }

  /** Not a switch with a null case, which would link a bootstrap method during start-up. */
  static FileAccess choose(@Nullable String wanted) {
    if (wanted == null) {
      return LinuxFileAccess.isCandidate() ? linuxIfItWorks() : new NioFileAccess();
    }
    if (wanted.equals("linux")) {
      return new LinuxFileAccess();
    }
    if (wanted.equals("nio")) {
      return new NioFileAccess();
    }
    throw new IllegalArgumentException(
        FileAccess.PROPERTY + " must be linux or nio, " + FileAccess.PROPERTY + "=" + wanted);
  }

  private static FileAccess linuxIfItWorks() {
    try {
      return new LinuxFileAccess();
    } catch (UnsupportedOperationException e) {
      System.getLogger(SystemFileAccess.class.getName())
          .log(System.Logger.Level.DEBUG, "portable file access is used", e);
      return new NioFileAccess();
    }
  }
}
