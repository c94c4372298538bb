package io.packhouse.engine.read;

/**
 * How much memory a reader may keep.
 *
 * @param cacheBytes kept between calls: half for decoded batches, a quarter for decoded blobs, a
 *     quarter for free buffers; what is in use at the moment comes on top. 0 keeps nothing
 * @param tableBytes that the blob table and the batch directory may each take once decoded; an
 *     archive with larger ones is refused
 */
public record ReaderOptions(long cacheBytes, long tableBytes) {
  /** 192 MiB of cache, tables up to 1 GiB: some 20 million blobs. */
  public static final ReaderOptions DEFAULT = new ReaderOptions(192L << 20, 1L << 30);

  public ReaderOptions {
    if (cacheBytes < 0 || tableBytes < 0) {
      throw new IllegalArgumentException(
          "options must not be negative, cacheBytes=" + cacheBytes + ", tableBytes=" + tableBytes);
    }
  }

  /** The same with another {@code cacheBytes}. */
  public ReaderOptions withCacheBytes(long bytes) {
    return new ReaderOptions(bytes, tableBytes);
  }
}
