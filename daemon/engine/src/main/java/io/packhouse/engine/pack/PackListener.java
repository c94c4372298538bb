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
   */
  record Progress(
      long entriesFound,
      long bytesFound,
      boolean walkDone,
      long entriesPlaced,
      long bytesPlaced,
      long bytesWritten) {}
}
