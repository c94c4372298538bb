package io.packhouse.engine.extract;

import io.packhouse.engine.extract.TreeAccess.UnseenException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Contents of siblings that were asked for lately, and paths where there was none: many extractions
 * ask for the same parent pom or checksum list. Holds a bounded number of bytes, the least recently
 * used leave first. Thread-safe.
 */
public final class SiblingCache {
  /** What a pack keeps: a thousand poms, or a package list. */
  public static final long DEFAULT_BYTES = 8L << 20;

  /** About what an entry takes besides its path and contents. */
  private static final int OVERHEAD_BYTES = 160;

  /**
   * What is known of a path.
   *
   * @param contents not changed any more; null where there is no such file, or none to be seen
   * @param blake3 of the contents, likewise
   * @param isUnseen whether there may be one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  record Known(@Nullable ByteBuffer contents, byte @Nullable [] blake3, boolean isUnseen) {
    static final Known ABSENT = new Known(null, null, false);
    static final Known UNSEEN = new Known(null, null, true);

    Known(ByteBuffer contents, byte[] blake3) {
      this(contents, blake3, false);
    }

    /**
     * The contents; null where there is no such file.
     *
     * @throws UnseenException if there may be one
     */
    @Nullable ByteBuffer seenContents() throws UnseenException {
      if (isUnseen) {
        throw new UnseenException();
      }
      return contents;
    }
  }

  private final long maxBytes;
  private final Map<String, Known> contents = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /**
   * @param maxBytes of contents, paths and bookkeeping together
   */
  public SiblingCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** What is known of a path; null for nothing. */
  synchronized @Nullable Known find(String path) {
    return contents.get(path);
  }

  synchronized void put(String path, Known known) {
    Known before = contents.put(path, known);
    bytes += cost(path, known) - (before == null ? 0 : cost(path, before));
    Iterator<Map.Entry<String, Known>> oldest = contents.entrySet().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      Map.Entry<String, Known> entry = oldest.next();
      bytes -= cost(entry.getKey(), entry.getValue());
      oldest.remove();
    }
  }

  /** What is held; at most the limit. */
  synchronized long bytes() {
    return bytes;
  }

  private static long cost(String path, Known known) {
    ByteBuffer file = known.contents();
    return OVERHEAD_BYTES + 2L * path.length() + (file == null ? 0 : file.capacity());
  }
}
