package io.packhouse.engine.pack;

/**
 * Told how a pack goes on, a few times a second and at most once an item, from any thread but one
 * at a time.
 */
@FunctionalInterface
public interface PackListener {

  /** Hears nothing. */
  PackListener NONE = progress -> {};

  void progress(Progress progress);

  /**
   * A moment of a pack.
   *
   * @param entriesFound so far by the walk
   * @param bytesFound so far by the walk
   * @param walkDone whether the two are final
   * @param entriesPlaced so far, contents read
   * @param bytesPlaced so far, contents read
   * @param bytesWritten so far to the archive
   * @param currentPath of the entry that was placed last, as messages show it; empty where it is
   *     the root, or there is none yet
   */
  record Progress(
      long entriesFound,
      long bytesFound,
      boolean walkDone,
      long entriesPlaced,
      long bytesPlaced,
      long bytesWritten,
      String currentPath) {}
}
