package io.packhouse.engine.share;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Files that are stored elsewhere already, told by numbers, in which parts of new ones are looked
 * for. Used by the placing only, but for {@link #mayHave}.
 */
public interface EarlierFiles {
  /** An earlier file: ranges of blobs, told by numbers as those of new ones are. */
  interface EarlierFile {
    /** Its extents, as triples; those whose blob is −1 are zeros. */
    long[] extents();

    /**
     * Reads bytes of an extent.
     *
     * @param skip bytes of the extent before them
     * @param target off-heap
     */
    void read(int extent, long skip, int length, MemorySegment target, long targetOffset)
        throws IOException;
  }

  /**
   * Whether whole contents seem to be there, so that no parts of them will be looked for. For any
   * thread.
   *
   * @param digest BLAKE3 of them
   */
  boolean mayHave(byte[] digest);

  /**
   * Which files contents of this path and length probably share parts with, the best first: a few,
   * and not much longer. The same for the same files, whenever it is asked.
   */
  long[] near(byte[] path, long length) throws IOException;

  /**
   * A file of a number.
   *
   * @return null where its contents cannot be parts of others
   */
  @Nullable EarlierFile open(long number) throws IOException;
}
