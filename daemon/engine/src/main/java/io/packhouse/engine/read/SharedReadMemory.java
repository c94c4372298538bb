package io.packhouse.engine.read;

import io.packhouse.engine.read.memory.CacheStore;
import io.packhouse.engine.read.memory.ReadMemory;
import java.util.List;

/**
 * Memory that many open archives share: decoded batches and blobs within one bound, whichever
 * archive they are of, and the buffers and decoders that reading needs. Thread-safe; outlives the
 * readers that use it.
 */
public final class SharedReadMemory implements AutoCloseable {
  private static final int IDLE_PART = 16;

  private final CacheStore store;
  private final ReadMemory memory;
  private final long tableBytes;

  /**
   * @param cacheBytes kept between calls, a sixteenth of it for free buffers
   * @param tableBytes as in {@link ReaderOptions}, for each archive
   */
  public SharedReadMemory(long cacheBytes, long tableBytes) {
    ReaderOptions checked = new ReaderOptions(cacheBytes, tableBytes, List.of());
    this.store = new CacheStore(checked.cacheBytes() - idleBytes(checked));
    this.memory = ReadMemory.keeping(idleBytes(checked));
    this.tableBytes = tableBytes;
  }

  /** What is dropped gives its buffer to what comes instead: a few are enough. */
  private static long idleBytes(ReaderOptions options) {
    return options.cacheBytes() / IDLE_PART;
  }

  /** Bytes of decoded batches and blobs that are kept at the moment. */
  public long cachedBytes() {
    return store.bytes();
  }

  /** How often a part that was asked for was kept. */
  public long cacheHits() {
    return store.hits();
  }

  /** How often one had to be read and decoded. */
  public long cacheMisses() {
    return store.misses();
  }

  /** Bytes of all buffers that archives are read and decoded into: kept, in use and idle. */
  public long bufferBytes() {
    return memory.buffers().allocatedBytes();
  }

  CacheStore store() {
    return store;
  }

  ReadMemory memory() {
    return memory;
  }

  long tableBytes() {
    return tableBytes;
  }

  /** Frees what lies idle; to be closed after the readers. */
  @Override
  public void close() {
    memory.close();
  }
}
