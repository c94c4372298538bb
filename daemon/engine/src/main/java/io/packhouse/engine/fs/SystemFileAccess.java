package io.packhouse.engine.fs;

import org.jspecify.annotations.Nullable;

/** Chooses the implementation, once. */
final class SystemFileAccess {

  private static final System.Logger LOGGER = System.getLogger(SystemFileAccess.class.getName());

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

  static FileAccess choose(@Nullable String wanted) {
    return switch (wanted) {
      case null -> {
        if (!LinuxFileAccess.isCandidate()) {
          yield new NioFileAccess();
        }
        try {
          yield new LinuxFileAccess();
        } catch (UnsupportedOperationException e) {
          LOGGER.log(System.Logger.Level.DEBUG, "portable file access is used", e);
          yield new NioFileAccess();
        }
      }
      case "linux" -> new LinuxFileAccess();
      case "nio" -> new NioFileAccess();
      default ->
          throw new IllegalArgumentException(
              FileAccess.PROPERTY + " must be linux or nio, " + FileAccess.PROPERTY + "=" + wanted);
    };
  }
}
