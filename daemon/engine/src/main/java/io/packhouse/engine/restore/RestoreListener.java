package io.packhouse.engine.restore;

/** Told how a restore goes on, a few times a second, by the thread that called it. */
@FunctionalInterface
public interface RestoreListener {

  /** Hears nothing. */
  RestoreListener NONE = progress -> {};

  void progress(Progress progress);

  /**
   * A moment of a restore.
   *
   * @param entriesFound selected so far
   * @param bytesFound contents of files selected so far
   * @param found whether the two are final
   * @param entriesRestored so far
   * @param bytesRestored contents written so far
   * @param problems so far
   * @param currentPath of a file that is being written or was last, as messages show it; empty
   *     where there is none yet
   */
  record Progress(
      long entriesFound,
      long bytesFound,
      boolean found,
      long entriesRestored,
      long bytesRestored,
      long problems,
      String currentPath) {}
}
