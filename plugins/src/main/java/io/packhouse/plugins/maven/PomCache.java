package io.packhouse.plugins.maven;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Poms that were read lately, by their bytes: what is found depends on nothing else, so that no
 * tree sees anything of another. Bounded; the least recently used leave first. Thread-safe.
 */
final class PomCache {

  /**
   * Of documents; what was read of them takes about as much again. Most are asked for again at once
   * or often, and what is kept longer only costs collections.
   */
  private static final long MAX_BYTES = 2L << 20;

  /** Larger ones would push out too many others. */
  private static final int MAX_DOCUMENT = 1 << 20;

  private static final class Known {
    final byte[] document;
    final PomModel model;

    Known(byte[] document, PomModel model) {
      this.document = document;
      this.model = model;
    }
  }

  // Of two documents with one checksum the later stays: a hit is compared byte by byte.
  private final Map<Long, Known> known = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /**
   * What was read of these bytes.
   *
   * @param document from index 0 to its limit; its position is not used
   */
  @Nullable PomModel find(ByteBuffer document) {
    Known found;
    long key = key(document);
    synchronized (this) {
      found = known.get(key);
    }
    return found != null && ByteBuffer.wrap(found.document).equals(document.rewind())
        ? found.model
        : null;
  }

  /**
   * @param document does not change any more
   */
  void put(byte[] document, PomModel model) {
    if (document.length > MAX_DOCUMENT) {
      return;
    }
    long key = key(ByteBuffer.wrap(document));
    synchronized (this) {
      Known before = known.put(key, new Known(document, model));
      bytes += document.length - (before == null ? 0 : before.document.length);
      for (Iterator<Known> oldest = known.values().iterator(); bytes > MAX_BYTES; ) {
        bytes -= oldest.next().document.length;
        oldest.remove();
      }
    }
  }

  private static long key(ByteBuffer document) {
    CRC32 check = new CRC32();
    check.update(document.rewind());
    return check.getValue() << 32 | document.limit();
  }
}
