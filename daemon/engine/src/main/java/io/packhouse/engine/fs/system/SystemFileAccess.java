package io.packhouse.engine.fs.system;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.linux.LinuxFileAccess;
import io.packhouse.engine.fs.nio.NioFileAccess;
import org.jspecify.annotations.Nullable;

/** Chooses the implementation, once. */
public final class SystemFileAccess {

  /** Guarded by the class. */
  private static @Nullable FileAccess chosen;

  private SystemFileAccess() {}

  /**
   * The implementation for this system: {@code linux} on 64-bit Linux (x86-64, aarch64) where its
   * calls work, else {@code nio}; or the one that the system property {@value FileAccess#PROPERTY}
   * names.
   *
   * @throws IllegalArgumentException where the property has another value
   * @throws UnsupportedOperationException where the property names one that does not work here
   */
  public static synchronized FileAccess instance() {
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
