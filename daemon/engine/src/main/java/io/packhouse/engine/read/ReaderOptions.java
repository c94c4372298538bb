package io.packhouse.engine.read;

import java.nio.file.Path;
import java.util.List;

/**
 * How much memory a reader may keep, and where it looks for a delta's bases.
 *
 * @param cacheBytes kept between calls: half for decoded batches, a quarter for decoded blobs, a
 *     quarter for free buffers; what is in use at the moment comes on top. 0 keeps nothing
 * @param tableBytes that the blob table and the batch directory may each take once decoded; an
 *     archive with larger ones is refused
 * @param bases archives, and folders of archives, among which the bases of a delta are looked for,
 *     before the folder that the archive is in
 */
public record ReaderOptions(long cacheBytes, long tableBytes, List<Path> bases) {
  /** 192 MiB of cache, tables up to 1 GiB: some 20 million blobs. */
  public static final ReaderOptions DEFAULT = new ReaderOptions(192L << 20, 1L << 30, List.of());

  public ReaderOptions {
    if (cacheBytes < 0 || tableBytes < 0) {
      throw new IllegalArgumentException(
          "options must not be negative, cacheBytes=" + cacheBytes + ", tableBytes=" + tableBytes);
    }
    bases = List.copyOf(bases);
  }

  /** The same with another {@code cacheBytes}. */
  public ReaderOptions withCacheBytes(long bytes) {
    return new ReaderOptions(bytes, tableBytes, bases);
  }

  /** The same with bases looked for in these files and folders, too. */
  public ReaderOptions withBases(List<Path> places) {
    return new ReaderOptions(cacheBytes, tableBytes, places);
  }
}
