package io.packhouse.engine.pack;

import io.packhouse.engine.extract.SiblingSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Entries that come from elsewhere than a directory: over the wire, say. One thread, the pack's
 * walk, calls it but for {@link #cancel} and {@link #siblings}.
 */
public interface EntrySource {

  /**
   * The next entry, or null after the last, in ascending order of path bytes. The first one is the
   * root, whose path is empty; of trees with mounts there is none, and each begins with its mount.
   *
   * @throws IOException if there is no telling, which ends the pack
   */
  @Nullable SourceEntry next() throws IOException, InterruptedException;

  /**
   * Fills {@code target} with the next bytes of the file that {@link #next} gave last. All of a
   * file is read before the next entry is asked for.
   *
   * @param target off-heap
   * @throws IOException if the file has not as many bytes as its entry said
   */
  void read(MemorySegment target) throws IOException, InterruptedException;

  /**
   * Tells of the files that the trees have, for extractors. Workers ask it while entries come, and
   * after the last. {@link #cancel} makes it fail, too.
   *
   * @return null where nobody tells, and extractors see only what comes next to a file
   */
  default @Nullable SiblingSource siblings() {
    return null;
  }

  /**
   * Makes the other methods fail soon. Called by another thread when the pack has ended, well or
   * not, perhaps more than once.
   */
  void cancel();
}
